import { readFile } from 'node:fs/promises'

/** Entries of a list file: one per line, `#` begins a comment. */
export const readList = async (path: string): Promise<string[]> =>
  (await readFile(path, 'utf8'))
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '')

/** "name=version" of each line that `dpkg-query --show` prints, sorted. */
export const packageLines = (output: string): string[] =>
  output
    .trim()
    .split('\n')
    .map((line) => line.replace(/(:\w+)?\t/, '='))
    .sort()
