import { natSuite } from '../e2e/cloud/nat-suite.ts'

natSuite('kvm')
