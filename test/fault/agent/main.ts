import { type FaultPoint, startAgent } from '@sysvm/agent'
import { testServices } from './services.ts'

/** The agent with test services; SYSVM_TEST_FAULT names the fault point at which it dies by SIGKILL. */
const fault = process.env.SYSVM_TEST_FAULT

await startAgent({
  firmware: 'test',
  roles: { router: testServices },
  fault: (point: FaultPoint) => {
    if (point === fault) process.kill(process.pid, 'SIGKILL')
  },
  // Here the manager reaches the socket without sshd; the container tests have the real one.
  freshSession: async () => true,
  patienceMs: 5000,
})
