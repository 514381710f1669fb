import { redeploySuite } from '../e2e/cloud/redeploy-suite.ts'

// Emulated processors are slow: one round, of few, shows what three do.
redeploySuite('kvm', { rounds: 1, atOnce: 1 })
