/** Lines of context around a change, as diff(1) has it. */
const CONTEXT = 3

interface Edit {
  readonly sign: ' ' | '-' | '+'
  readonly line: string
}

const linesOf = (text: string | undefined): string[] =>
  text === undefined || text === '' ? [] : text.replace(/\n$/, '').split('\n')

/** Above this the middle part is shown as replaced as a whole: the table below would not fit the machine. */
const TABLE_LIMIT = 4_000_000

/** Longest common subsequence of what is left between the common start and the common end. */
const middleEdits = (before: readonly string[], after: readonly string[]): Edit[] => {
  if (before.length * after.length > TABLE_LIMIT) {
    return [
      ...before.map((line) => ({ sign: '-' as const, line })),
      ...after.map((line) => ({ sign: '+' as const, line })),
    ]
  }
  const width = after.length + 1
  const common = new Uint32Array((before.length + 1) * width)
  const at = (row: number, column: number): number => common[row * width + column] ?? 0
  for (let row = before.length - 1; row >= 0; row -= 1) {
    for (let column = after.length - 1; column >= 0; column -= 1) {
      common[row * width + column] =
        before[row] === after[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1))
    }
  }
  const edits: Edit[] = []
  let row = 0
  let column = 0
  while (row < before.length || column < after.length) {
    const old = before[row]
    const now = after[column]
    if (old !== undefined && old === now) {
      edits.push({ sign: ' ', line: old })
      row += 1
      column += 1
    } else if (old !== undefined && (now === undefined || at(row + 1, column) >= at(row, column + 1))) {
      edits.push({ sign: '-', line: old })
      row += 1
    } else {
      edits.push({ sign: '+', line: now ?? '' })
      column += 1
    }
  }
  return edits
}

const editsOf = (before: readonly string[], after: readonly string[]): Edit[] => {
  let start = 0
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1
  let end = 0
  const longest = Math.min(before.length, after.length) - start
  while (end < longest && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1
  const same = (line: string): Edit => ({ sign: ' ', line })
  return [
    ...before.slice(0, start).map(same),
    ...middleEdits(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...before.slice(before.length - end).map(same),
  ]
}

/** Runs of edits whose contexts touch, as index ranges. */
const hunksOf = (edits: readonly Edit[]): [number, number][] => {
  const hunks: [number, number][] = []
  for (const [index, { sign }] of edits.entries()) {
    if (sign === ' ') continue
    const from = Math.max(0, index - CONTEXT)
    const to = Math.min(edits.length, index + CONTEXT + 1)
    const last = hunks.at(-1)
    if (last !== undefined && from <= last[1]) last[1] = to
    else hunks.push([from, to])
  }
  return hunks
}

/** POSIX writes the line before the place for an empty range, and leaves a count of 1 out. */
const range = (start: number, count: number): string => {
  const first = count === 0 ? start : start + 1
  return count === 1 ? `${first}` : `${first},${count}`
}

/** The difference as `diff -u` writes it; empty when there is none. Absent files are named /dev/null, as git does. */
export const unifiedDiff = (path: string, before: string | undefined, after: string | undefined): string => {
  if (before === after) return ''
  const edits = editsOf(linesOf(before), linesOf(after))
  const count = (upTo: readonly Edit[], sign: '-' | '+'): number =>
    upTo.filter((edit) => edit.sign === ' ' || edit.sign === sign).length
  const hunks = hunksOf(edits).map(([from, to]) => {
    const earlier = edits.slice(0, from)
    const own = edits.slice(from, to)
    const old = range(count(earlier, '-'), count(own, '-'))
    const now = range(count(earlier, '+'), count(own, '+'))
    return `@@ -${old} +${now} @@\n${own.map(({ sign, line }) => `${sign}${line}\n`).join('')}`
  })
  const name = (prefix: string, text: string | undefined): string => (text === undefined ? '/dev/null' : prefix + path)
  return `--- ${name('a/', before)}\n+++ ${name('b/', after)}\n${hunks.join('')}`
}
