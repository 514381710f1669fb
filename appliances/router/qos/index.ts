import { defineService } from '@sysvm/agent/service'
import { apply } from './apply.ts'
import { drift, health } from './live.ts'
import { plan } from './plan.ts'
import { render } from './render.ts'
import { QosSpec } from './spec.ts'
import { validate } from './validate.ts'

export const qos = defineService({ name: 'qos', schema: QosSpec, validate, render, plan, apply, health, drift })
