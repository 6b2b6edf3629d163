import { join } from 'node:path'
import { privateEnvironment } from '../../util/git-environment.ts'
import { wantedSizes, type Bench, type Size } from '../bench.ts'
import { nothing } from '../cycle.ts'
import { interleave, type Strategy } from '../interleave.ts'
import { amountLine, files, number, ratioLine, times, type Line } from '../line.ts'
import { run } from '../spawn.ts'
import { openSuite, type OwnUse, type SuiteRun } from '../suite.ts'

/** The quickest answer of the program, against Node's. */
export async function version(bench: Bench): Promise<Line[]> {
  const [ours, reference] = [
    node('agent-eval --version', [bench.cli, '--version']),
    node('node -e 0', ['-e', '0']),
  ]
  const measured = await interleave(bench, [ours, reference])
  return [
    ratioLine('agent-eval --version', measured(ours), measured(reference), { atMost: 1.15, goal: '<= 1.15' }),
  ]
}

/** One trial of an agent that does nothing, from start to end. */
export async function startup(bench: Bench): Promise<Line[]> {
  const suite = await openSuite(bench, { size: 'small', agent: nothing })
  const [ours, reference] = [trials(suite, 1), node('node -e 0', ['-e', '0'])]
  const measured = await interleave(bench, [ours, reference])
  return [
    amountLine({
      what: 'wall of a one-trial no-op run',
      measured: times(measured(ours)),
      reference: `node -e 0: ${times(measured(reference))}`,
      value: measured(ours).wallMs / 1000,
      unit: 's',
      atMost: 0.3,
    }),
  ]
}

/** CPU of the program for a trial that does nothing: the difference of many trials and one. */
export async function noop(bench: Bench): Promise<Line[]> {
  const count = bench.counts.trials
  const suite = await openSuite(bench, { size: 'small', agent: nothing })
  const [many, one] = [trials(suite, count), trials(suite, 1)]
  const measured = await interleave(bench, [many, one])
  const own = ((measured(many).extra ?? 0) - (measured(one).extra ?? 0)) / (count - 1)
  const tree = (measured(many).cpuMs - measured(one).cpuMs) / (count - 1)
  return [
    amountLine({
      what: `own CPU per trial, ${count} no-op trials`,
      measured: `${number(own)} ms own, ${number(tree)} ms with all that it starts`,
      value: own,
      unit: 'ms',
      atMost: 10,
    }),
  ]
}

/** A no-op trial with its clean workspace, graded and stored, against a loop of the shell around git. */
export async function loop(bench: Bench): Promise<Line[]> {
  const goals = [
    { size: 'small', atMost: 0.7, goal: '<= 0.7' },
    { size: 'medium', atMost: 0.05, goal: '<= 0.05' },
  ] as const
  const lines: Line[] = []
  for (const { size, ...limit } of goals) {
    const count = bench.counts.trials
    const turns = bench.counts.turns[size]
    const suite = await openSuite(bench, { size, agent: nothing })
    const strategies = [
      trials(suite, count),
      trials(suite, 1),
      await shell(bench, size, turns),
      await shell(bench, size, 1),
    ] as const
    const measured = await interleave(bench, strategies)
    const [many, one, loopMany, loopOne] = strategies
    const per = (
      more: Strategy,
      less: Strategy,
      extra: number,
      name: string,
    ): ReturnType<typeof measured> => ({
      ...measured(more),
      name,
      cpuMs: (measured(more).cpuMs - measured(less).cpuMs) / extra,
      wallMs: (measured(more).wallMs - measured(less).wallMs) / extra,
    })
    const comparable = bench.sizes[size] === wantedSizes[size]
    lines.push(
      ratioLine(
        `no-op trial, ${files(bench.sizes[size])}`,
        per(many, one, count - 1, 'agent-eval'),
        per(loopMany, loopOne, turns - 1, 'shell loop of clone + agent + rm'),
        { ...limit, comparable },
      ),
    )
  }
  return lines
}

function node(name: string, args: readonly string[]): Strategy {
  return { name, run: () => run(process.execPath, args) }
}

function trials(suite: SuiteRun, count: number): Strategy {
  let use: OwnUse | null = null
  return {
    name: `${count} trials`,
    run: async () => {
      use = await suite.run(count)
    },
    extra: () => use?.cpuMs ?? Number.NaN,
  }
}

async function shell(bench: Bench, size: Size, turns: number): Promise<Strategy> {
  const { path, commit } = await bench.repository(size)
  const work = join(bench.folder('loop'), 'w')
  const script = `i=0; while [ $i -lt ${turns} ]; do
    git clone -q --local ${path} ${work} && git -C ${work} checkout -q ${commit} && (cd ${work} && ${nothing.join(' ')}) || exit 1
    rm -rf ${work}; i=$((i+1)); done`
  return { name: `${turns} turns`, run: () => run('/bin/sh', ['-c', script], { env: privateEnvironment() }) }
}
