import { describeConformance } from './conformance.ts'
import { makeTinyImage } from './tiny-image.ts'

describeConformance('the container driver', {
  driver: 'container',
  image: (lab) => makeTinyImage(lab.directory, 'system'),
  ready: /tiny: ready/,
  secondBoot: /tiny: boot 2/,
  thirdBoot: /tiny: boot 3/,
  bootMs: 20_000,
})

describeConformance('the simulator driver', {
  driver: 'simulator',
  image: (lab) => makeTinyImage(lab.directory, 'system'),
  ready: /: boot 1/,
  secondBoot: /: boot 2/,
  thirdBoot: /: boot 3/,
  bootMs: 20_000,
})
