/** Shorter strings hold no line by which a text is known. */
const shortest = 8

/** What the model said itself comes back in each request, and proves nothing of what it was told. */
const modelsRoles = new Set(['assistant', 'model'])
const modelsItems = new Set([
  'function_call',
  'custom_tool_call',
  'local_shell_call',
  'reasoning',
  'compaction',
])

/**
 * Calls back with each string of a request body, of any API: instructions, messages, results and descriptions of tools, in
 * the order of the body. Left out is what the model said.
 */
export function eachText(value: unknown, onText: (text: string) => void): void {
  if (typeof value === 'string') {
    if (value.length >= shortest) onText(value)
  } else if (Array.isArray(value)) {
    for (const item of value) eachText(item, onText)
  } else if (value !== null && typeof value === 'object') {
    if (isModels(value)) return
    for (const key in value) eachText((value as Record<string, unknown>)[key], onText)
  }
}

function isModels(value: object): boolean {
  const { role, type } = value as { role?: unknown; type?: unknown }
  return (
    (typeof role === 'string' && modelsRoles.has(role)) || (typeof type === 'string' && modelsItems.has(type))
  )
}
