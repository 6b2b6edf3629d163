import { expect, test } from 'vitest'
import { readJudgeAnswer } from './judge-answer.ts'

const answer = { score: 0.8, verdict: 'pass', reasons: ['uses { and " well'] }
const json = JSON.stringify(answer)

test.each([
  ['alone', json],
  ['pretty', JSON.stringify(answer, null, 2)],
  ['in a fence', `\`\`\`json\n${json}\n\`\`\``],
  ['with words around it', `Here it is: ${json} That is all.`],
  [
    'after a thought with brackets',
    `<think>if (x) { y } else {} "{"</think>\n${json}`.replace('{}', '{ z }'),
  ],
])('an answer %s is read', (_name, text) => {
  expect(readJudgeAnswer(text)).toEqual(answer)
})

test.each([
  ['', 'it holds no JSON object'],
  [':', 'it holds no JSON object'],
  ['The work is good. {score: 1}', 'it holds no JSON object'],
  [json.slice(0, -3), 'it holds no JSON object'],
  [
    `The agent wrote {"score": 1, "verdict": "pass", "reasons": []}. ${json}`,
    'it holds 2 JSON objects instead of one',
  ],
  [json + json, 'it holds 2 JSON objects instead of one'],
  ['{"score": 1.2, "verdict": "pass", "reasons": []}', 'score: Too big: expected number to be <=1'],
  [
    '{"score": 1, "verdict": "PASS", "reasons": []}',
    'verdict: Invalid option: expected one of "pass"|"fail"',
  ],
  ['{"score": 1, "verdict": "pass"}', 'reasons: Invalid input: expected array, received undefined'],
  ['{"score": 1, "verdict": "pass", "reasons": [], "sure": true}', 'Unrecognized key: "sure"'],
  ['{"score": 1, "verdict": "fail", "reasons": [], "verdict": "pass"}', 'it says "verdict" more than once'],
  ['{'.repeat(20_000), 'it holds no JSON object'],
])('%j is no answer', (text, problem) => {
  expect(readJudgeAnswer(text)).toBe(problem)
})
