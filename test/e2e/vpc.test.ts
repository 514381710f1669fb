import { vpcSuite } from './cloud/vpc-suite.ts'

vpcSuite('container')
