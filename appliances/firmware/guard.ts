import { Worker } from 'node:worker_threads'

/** Text, since the launcher is one file. Of the trial's end it knows by the link: confirmed, it is gone. */
const WATCH = `
const { workerData: { link, seconds } } = require('node:worker_threads')
const { lstatSync, writeSync } = require('node:fs')
setTimeout(() => {
  if (lstatSync(link, { throwIfNoEntry: false }) === undefined) return
  writeSync(2, '<3>the firmware on trial was not confirmed within ' + seconds + ' s; it is taken back\\n')
  process.kill(process.pid, 'SIGKILL')
}, seconds * 1000)
`

/** Ends this process unless the trial is confirmed in time. In a thread of its own: a firmware that hangs cannot stop it. */
export const guard = (link: string, seconds: number): void => {
  new Worker(WATCH, { eval: true, workerData: { link, seconds } }).unref()
}
