import type { Script } from './script.ts'

/**
 * A model that reads a file with its first tool call, finds the word in what the agent sends back, and writes it into another
 * file with its second. It knows the word from nowhere else. For one agent, once.
 */
export function canaryScript(files: { question: string; answer: string }, word: RegExp): Script {
  let calls = 0
  let isWritten = false
  return ({ tools, text }) => {
    // Titles and the like are asked for without tools.
    if (tools.length === 0) return { say: 'A canary' }
    calls++
    if (calls === 1) return { run: `cat ${files.question}` }
    const found = word.exec(text)?.[0]
    if (found === undefined) return { say: 'The tool did not tell the word.' }
    if (isWritten) return { say: 'The word is in its place.' }
    isWritten = true
    // By a command: tools for files want absolute paths of some agents, and nobody tells where the workspace is.
    return { run: `echo ${found} > ${files.answer}` }
  }
}
