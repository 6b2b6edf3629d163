import { expect, test } from 'vitest'
import { z } from 'zod'
import { canaryScript } from './canary-script.ts'
import { startModelServer } from './server.ts'

const Answer = z.looseObject({
  choices: z.array(
    z.looseObject({
      message: z.looseObject({
        content: z.string().nullable(),
        tool_calls: z.array(z.looseObject({ function: z.looseObject({ arguments: z.string() }) })).nullish(),
      }),
    }),
  ),
})

const tool = {
  type: 'function',
  function: {
    name: 'bash',
    parameters: { type: 'object', properties: { command: { type: 'string' } }, required: ['command'] },
  },
}

test('reads with the first tool call, writes what it was told with the second, and then ends; titles are none of them', async () => {
  const server = await startModelServer(canaryScript({ question: 'q.txt', answer: 'a.txt' }, /word-\d+/))
  const ask = async (content: string, tools: unknown[] = [tool]): Promise<string> => {
    const answer = await fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content }], tools }),
    })
    const [choice] = Answer.parse(await answer.json()).choices
    return choice?.message.tool_calls?.[0]?.function.arguments ?? choice?.message.content ?? ''
  }
  try {
    expect(await ask('a title, please', [])).toBe('A canary')
    // It would know the word from elsewhere.
    expect(await ask('word-1')).toBe('{"command":"cat q.txt"}')
    expect(await ask('nothing was found')).toBe('The tool did not tell the word.')
    expect(await ask('a line\nword-27\n')).toBe('{"command":"echo word-27 > a.txt"}')
    expect(await ask('a line\nword-27\n')).toBe('The word is in its place.')
  } finally {
    await server.close()
  }
})
