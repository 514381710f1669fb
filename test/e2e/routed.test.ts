import { routedSuite } from './cloud/routed-suite.ts'

routedSuite('container')
