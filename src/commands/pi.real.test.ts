import { join } from 'node:path'
import { expect, test } from 'vitest'
import { chooseSandbox } from '../sandboxes/index.ts'
import { startModelServer } from '../testing/model-server/server.ts'
import { place } from '../testing/cli.ts'
import { project, suiteText } from '../testing/project.ts'

/** A folder whose node_modules/.bin holds pi. */
const agents = process.env['AGENT_EVAL_TEST_AGENTS']
const reason = agents ? '' : ' (skipped: set AGENT_EVAL_TEST_AGENTS to a folder where pi is installed)'
const sandboxWorks = await chooseSandbox('sandbox').then(
  () => true,
  () => false,
)

test.skipIf(!agents).each(sandboxWorks ? ['none', 'process', 'sandbox'] : ['none'])(
  `run: the real pi, from the suite to the verdict, at isolation %s${reason}`,
  async level => {
    const server = await startModelServer([
      { write: { path: 'src/add.js', content: 'export const add = (a, b) => a + b\n' } },
      { say: 'Plus it is.' },
    ])
    try {
      const at = await place({
        ...project,
        'suite.yaml': suiteText.replace('trials: 3', 'trials: 1').replace(
          /setups:\n(  .*\n)+vary.*\n/,
          `setups:
  pi:
    harness:
      type: pi
      bin: ${join(agents ?? '', 'node_modules/.bin/pi')}
    service: { url: "${server.url}/v1", api: openai-chat, key: MODEL_KEY }
    model: m1
    context: { AGENTS.md: ./context/AGENTS.md }
`,
        ),
      })
      at.env['MODEL_KEY'] = 'dummy-key-of-a-test'
      const { exitCode, stdout, stderr } = await at.run('run', 'suite.yaml', '--isolation', level, '--json')
      expect(stderr).toContain('1 of 1')
      expect(exitCode).toBe(0)
      const report = JSON.parse(stdout)
      expect(report.run.isolation.level).toBe(level)
      // Its model is all that it may reach, and nothing else is needed.
      const host = new URL(server.url).host
      const closed = { policy: 'model', asked: false, enforced: true, allowed: [host] }
      const open = { policy: 'open', asked: false, enforced: true, allowed: [] }
      expect(report.run.isolation.networks).toEqual({ pi: level === 'sandbox' ? closed : open })
      expect(report.trials[0].remarks).toEqual([])
      expect(report.trials[0]).toMatchObject({
        status: 'graded',
        pass: true,
        attempt: { stop: 'finished', turns: 2, toolCalls: 1, observedModel: 'm1' },
        outcome: { changedFiles: ['src/add.js'] },
      })
      // What the setup says reached the model; the key reached it, and nothing that is kept.
      expect(server.calls[0]?.text).toContain('Plus adds.')
      expect(server.calls[0]?.headers.authorization).toBe('Bearer dummy-key-of-a-test')
      expect(stdout + stderr).not.toContain('dummy-key-of-a-test')
    } finally {
      await server.close()
    }
  },
)
