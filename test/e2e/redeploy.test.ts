import { redeploySuite } from './cloud/redeploy-suite.ts'

redeploySuite('container', { rounds: 3, atOnce: 3 })
