import { describeConformance } from '../lab/conformance.ts'
import { builtImage } from '../lab/index.ts'

describeConformance('the kvm driver', {
  driver: 'kvm',
  image: async () => builtImage('system'),
  // Whatever the kernel or systemd says first: the machine runs and its console is kept.
  ready: /\S/,
  bootMs: 120_000,
})
