/** What a trial's id says. Names of tasks and setups hold no `/`. */
export interface TrialKey {
  task: string
  setup: string
  /** From 0. */
  index: number
}

/** `task/setup/index` */
export function formatTrialId({ task, setup, index }: TrialKey): string {
  return `${task}/${setup}/${index}`
}

/** Reads an id that `formatTrialId` made. Throws Error for anything else: ids come from our own plan. */
export function parseTrialId(id: string): TrialKey {
  const [task, setup, index, ...rest] = id.split('/')
  if (!task || !setup || !index || rest.length > 0 || !/^\d+$/.test(index))
    throw new Error(`trial id "${id}" is not task/setup/index`)
  return { task, setup, index: Number(index) }
}
