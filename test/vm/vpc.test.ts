import { vpcSuite } from '../e2e/cloud/vpc-suite.ts'

vpcSuite('kvm')
