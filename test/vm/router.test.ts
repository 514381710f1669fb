import { routerSuite } from '../e2e/cloud/router-suite.ts'

routerSuite('kvm')
