import { explainSuite } from './explain-suite.ts'

explainSuite('container', 30_000)
