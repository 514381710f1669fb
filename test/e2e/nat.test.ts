import { natSuite } from './cloud/nat-suite.ts'

natSuite('container')
