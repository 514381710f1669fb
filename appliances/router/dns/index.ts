import { defineService } from '@sysvm/agent/service'
import { apply } from './apply.ts'
import { check } from './check.ts'
import { health } from './health.ts'
import { plan } from './plan.ts'
import { render } from './render.ts'
import { DnsSpec } from './spec.ts'
import { validate } from './validate.ts'

export const dns = defineService({ name: 'dns', schema: DnsSpec, validate, render, check, plan, apply, health })
