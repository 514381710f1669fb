import { twoHostsSuite } from '../e2e/cloud/two-hosts-suite.ts'

twoHostsSuite('kvm')
