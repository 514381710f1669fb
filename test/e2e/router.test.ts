import { routerSuite } from './cloud/router-suite.ts'

routerSuite('container')
