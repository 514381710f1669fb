import { readdir } from 'node:fs/promises'
import type { Bench, Row } from './bench.ts'
import { table } from './table.ts'

const helpers = new Set(['bench.ts', 'main.ts', 'table.ts'])

const names = async (): Promise<string[]> =>
  (await readdir(import.meta.dirname))
    .filter((file) => file.endsWith('.ts') && !helpers.has(file))
    .map((file) => file.slice(0, -'.ts'.length))
    .toSorted()

const runOne = async (name: string): Promise<void> => {
  const { bench } = (await import(`./${name}.ts`)) as { bench: Bench }
  const rows: Row[] = []
  const { unit, ours, other, ratio, detail } = await bench.run((row) => rows.push(row))
  console.log(`${bench.title}\n\n${table(rows)}\n`)
  console.log(JSON.stringify({ name: bench.name, unit, ours, other, ratio, detail }))
}

const known = await names()
const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !known.includes(name))
if (unknown.length > 0) {
  console.error(`bench: no benchmark named ${unknown.join(', ')}; there are ${known.join(', ')}`)
  process.exit(2)
}
for (const name of wanted.length > 0 ? wanted : known) await runOne(name)
