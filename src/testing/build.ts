import { execa } from 'execa'

/** Builds the program once before the tests: end-to-end tests drive what users get. */
export default async function build(): Promise<void> {
  await execa('npm', ['run', '--silent', 'build'], { cwd: `${import.meta.dirname}/../..`, stdio: 'inherit' })
}
