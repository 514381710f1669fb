import { twoHostsSuite } from './cloud/two-hosts-suite.ts'

twoHostsSuite('container')
