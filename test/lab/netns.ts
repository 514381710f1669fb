import { spawn } from 'node:child_process'
import type { Run } from 'node-iptables'

/** Runs a program in a network namespace; rejects with its own words. */
export const runIn =
  (namespace: string): Run =>
  (argv, { input = '' } = {}) =>
    new Promise((resolve, reject) => {
      const child = spawn('nsenter', [`--net=/run/netns/${namespace}`, '--', ...argv])
      let [stdout, stderr] = ['', '']
      child.stdout.on('data', (chunk) => {
        stdout += chunk
      })
      child.stderr.on('data', (chunk) => {
        stderr += chunk
      })
      child.on('error', reject)
      child.on('close', (code) => {
        if (code === 0) resolve({ stdout, stderr })
        else reject(new Error(`${argv.join(' ')} ended with ${code}: ${stderr}`))
      })
      child.stdin.on('error', () => undefined)
      child.stdin.end(input)
    })
