import { stickinessParams } from '@sysvm/manager/api/lbstickiness/methods'
import { describe, expect, it } from 'vitest'

const param = (name: string, value?: string): Readonly<Record<string, string>> =>
  value === undefined ? { name } : { name, value }

describe('parameters of a stickiness method', () => {
  it('come as CloudStack names them', () => {
    expect(
      stickinessParams('LbCookie', [
        param('Cookie-Name', 'SRV'),
        param('mode', 'INSERT'),
        param('nocache', 'true'),
        param('indirect', ''),
        param('postonly', 'false'),
        param('domain', '.sysvm.example'),
      ]),
    ).toEqual({ 'cookie-name': 'SRV', mode: 'insert', nocache: 'true', indirect: 'true', domain: '.sysvm.example' })
    expect(
      stickinessParams('AppCookie', [
        { 'cookie-name': 'JSESSIONID', length: '52', holdtime: '3h' },
        param('request-learn'),
        param('prefix', 'false'),
        param('mode', 'path-parameters'),
      ]),
    ).toEqual({
      'cookie-name': 'JSESSIONID',
      length: '52',
      holdtime: '3h',
      'request-learn': 'true',
      mode: 'path-parameters',
    })
    expect(stickinessParams('SourceBased', [param('tablesize', '200k'), param('expire', '30m')])).toEqual({
      tablesize: '200k',
      expire: '30m',
    })
    expect(stickinessParams('SourceBased')).toEqual({})
  })

  it.each([
    ['LbCookie', [param('cookie-name', 'a\nuse_backend x')], /cookie-name 'a\nuse_backend x' is not a cookie name/],
    ['LbCookie', [param('cookie-name', 'a"b')], /is not a cookie name/],
    ['LbCookie', [param('cookie-name', 'a b')], /is not a cookie name/],
    ['LbCookie', [param('cookie-name', '')], /is not a cookie name/],
    ['LbCookie', [param('domain', 'x"; y')], /domain 'x"; y' is not a domain/],
    ['LbCookie', [param('domain', 'x.example\n')], /is not a domain/],
    ['LbCookie', [param('mode', 'delete')], /mode 'delete' is not one of insert, rewrite, prefix/],
    ['LbCookie', [param('nocache', 'yes')], /nocache 'yes' is neither true nor false/],
    ['LbCookie', [param('__proto__', 'x')], /LbCookie has no parameter '__proto__'/],
    ['LbCookie', [param('expire', '30m')], /LbCookie has no parameter 'expire', only cookie-name/],
    ['LbCookie', [param('mode', 'insert'), param('mode', 'insert')], /mode is given twice/],
    ['LbCookie', [{ name: 'mode', value: 'insert', more: 'x' }], /an entry is a name and a value, nothing else/],
    ['AppCookie', [param('cookie-name', 'S'), param('prefix')], /prefix '' is not supported by sysvm/],
    ['AppCookie', [param('length', '52')], /AppCookie needs cookie-name/],
    ['AppCookie', [param('cookie-name', 'S'), param('length', '0')], /is not a length from 1 to 1024/],
    ['AppCookie', [param('cookie-name', 'S'), param('holdtime', '3 h')], /is not a time from 1s to 30d/],
    ['AppCookie', [param('cookie-name', 'S'), param('holdtime', '31d')], /is not a time from 1s to 30d/],
    ['SourceBased', [param('expire', '100')], /expire '100' is not a time/],
    ['SourceBased', [param('tablesize', '3m')], /is not a number of entries up to 2m/],
    ['SourceBased', [param('tablesize', '200k\n')], /is not a number of entries/],
  ] as const)('of %s are refused: %j', (method, entries, text) => {
    expect(() => stickinessParams(method, entries)).toThrow(text)
  })
})
