import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { check, violations } from '../../house/imports.ts'

describe('the direction of imports', () => {
  test.each([
    ['appliances/router/dhcp/render.ts', "import { x } from '@sysvm/manager'"],
    ['appliances/agent/commit/engine.ts', "import { routerServices } from '@sysvm/router'"],
    ['appliances/node-iptables/compile.ts', "import { SysvmError } from '@sysvm/errors'"],
    ['manager/hosts/kvm/driver.ts', "import { openDatabase } from '../../model/database.ts'"],
    ['manager/model/zone.ts', "import { createApi } from '../api/index.ts'"],
    ['manager/orchestration/router/spec.ts', "import { routerServices } from '@sysvm/router'"],
    ['manager/api/zone/list-zones.ts', "const late = await import('../../hosts/index.ts')"],
    ['images/build/main.ts', "import { openHost } from '@sysvm/manager'"],
  ])('%s may not say %s', (file, text) => {
    expect(violations(file, text)).toHaveLength(1)
  })

  test.each([
    ['appliances/router/dhcp/render.ts', "import { defineService } from '@sysvm/agent/service'"],
    ['manager/orchestration/router/spec.ts', "import type { RouterSpec } from '@sysvm/router/spec'"],
    ['manager/api/zone/list-zones.ts', "import { listZones } from '../../model/zone.ts'"],
    ['manager/api/zone/list-zones.ts', "import { z } from 'zod'"],
    ['test/e2e/up.test.ts', "import { openHost } from '../../manager/hosts/index.ts'"],
  ])('%s may say %s', (file, text) => {
    expect(violations(file, text)).toEqual([])
  })

  test('holds in the whole house', () => {
    expect(check(join(import.meta.dirname, '../../..'))).toEqual([])
  })
})
