import { explainSuite } from '../lab/explain-suite.ts'

explainSuite('kvm', 180_000)
