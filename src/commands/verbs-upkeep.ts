import { age, collect, size } from './options.ts'
import type { Verbs } from './verbs.ts'

/** The verbs about this machine: its cache, its agents, its editor. */
export function declareUpkeep({ verb, run, io }: Verbs): void {
  const cache = verb('cache', 'mirrors, checkouts, what was prepared and packages, for all runs', [
    'cache list',
    'cache verify --fix',
    'cache prune --max-size 20GB --older-than 30d',
  ])
  cache
    .command('list')
    .description('what is there, how large, and when it was last used')
    .exitOverride()
    .option('--json', 'data on stdout')
    .action(options => run(async () => (await import('./cache.ts')).list(options, io)))
  cache
    .command('verify')
    .description('whether it still is what was put there; exit code 1 if not')
    .exitOverride()
    .option('--fix', 'remove what is damaged')
    .option('--json', 'data on stdout')
    .action(options => run(async () => (await import('./cache.ts')).verify(options, io)))
  cache
    .command('prune')
    .description('remove what was not used for longest, never what a run uses now')
    .exitOverride()
    .option('--max-size <size>', 'what may be left (default: AGENT_EVAL_CACHE_LIMIT or 20GB)', size)
    .option('--older-than <age>', 'what was not used for so long: 12h, 30d, 8w', age)
    .option('--dry-run', 'only say what would go')
    .option('--json', 'data on stdout')
    .action(options => run(async () => (await import('./cache.ts')).prune(options, io)))

  verb('schema', 'the JSON Schema of suite files, for editors', [
    'schema > .vscode/agent-eval.schema.json',
  ]).action(() => run(async () => (await import('./schema.ts')).schema(io)))

  verb('doctor [suite]', 'what is here, and whether each agent works: node, git, isolation, agents, keys', [
    'doctor',
    'doctor --quick',
    'doctor evals/dates.yaml --setup guided',
  ])
    .option('--setup <glob>', 'with a suite: only these setups (repeatable)', collect)
    .option('--quick', 'without canaries: agents are looked for, and not tried')
    .option('--json', 'data on stdout')
    .addHelpText(
      'after',
      `
Without a suite each agent that is installed reads a word from a file and writes it to another, driven by a built-in scripted
model on this machine: no key, no cost, nothing leaves it. With a suite each setup's agent does so with its own service and
model, which costs a few model calls. Exit code 4 if something is missing or an agent cannot work.`,
    )
    .action((suite, options) => run(async () => (await import('./doctor.ts')).doctor(suite, options, io)))
}
