import type { SslCert } from '../../model/loadbalancer-cert.ts'
import { type Owners, withoutPath } from '../owner.ts'
import { defineResponse, type Presented } from '../response.ts'

export const sslCertResponse = defineResponse('sslcert', {
  id: ['string', "The certificate's id."],
  name: ['string', 'Its name.'],
  certificate: ['string', 'The certificate in PEM.'],
  certchain: ['string', 'Its issuers in PEM, its own first.'],
  fingerprint: ['string', 'SHA-256 of the certificate, hex with colons.'],
  loadbalancerrulelist: ['list', 'Ids of the load balancer rules that show it.'],
  account: ['string', 'The owning account.'],
  projectid: ['string', 'The project that owns it, instead of an account.'],
  project: ['string', "That project's name."],
  domainid: ['string', "The owner's domain."],
  domain: ['string', "Name of the owner's domain."],
  subjectnames: ['list', 'Names and addresses it is for. Of sysvm alone.'],
  expires: ['date', 'When it ends. Of sysvm alone.'],
})

export const presentSslCert =
  (owners: Owners) =>
  (row: SslCert): Presented<typeof sslCertResponse.fields> => {
    return {
      id: row.id,
      name: row.name,
      certificate: row.certificate,
      certchain: row.chain,
      fingerprint: row.fingerprint,
      loadbalancerrulelist: row.rules,
      ...withoutPath(owners(row.account)),
      subjectnames: row.names,
      expires: row.expires,
    }
  }
