/** Input that looks hostile and is accepted; why. `where` is matched with `command.parameter`. */
export interface Accepted {
  readonly where: RegExp
  readonly kinds: readonly string[]
  readonly why: string
  /** It may be in what routers are sent; that the router escapes it is proved with its own schema and checkers. */
  readonly inSpec?: boolean
}

const ANY = ['newline', 'return', 'quotes', 'shell']
const ONE_LINE = ['quotes', 'shell']

export const accepted: readonly Accepted[] = [
  {
    where: /^addVpnUser\.password$/,
    kinds: ['shell'],
    why: 'a password of any printable characters, given to charon as bytes',
    inSpec: true,
  },
  {
    where: /^updateServiceOffering\.name$/,
    kinds: ONE_LINE,
    why: 'a name for people, of one line; guests read that of theirs in their metadata, which is plain text',
    inSpec: true,
  },
  {
    where: /VirtualMachine\.group$/,
    kinds: ONE_LINE,
    why: 'a name for people, of one line',
  },
  {
    where: /VirtualMachine\.details$/,
    kinds: ['HoldTime quotes', 'HoldTime shell', 'HoldTime long'],
    why: 'what clients remember of a guest, of one line and up to 1024 characters; nothing reads it but they',
  },
  {
    where: /DiskOffering\.((bytes|iops)(read|write)rate(max(length)?)?|miniops|maxiops)$/,
    kinds: ['zero', 'large'],
    why: 'rates have up to 53 bits, and 0 is no limit',
  },
  {
    where: /Offering\.sortkey$/,
    kinds: ['zero', 'negative'],
    why: 'a place in an order',
  },
  {
    where: /^addNicToVirtualMachine\.dhcpoptions$/,
    kinds: ['dhcp:66 quotes', 'dhcp:66 shell'],
    why: 'printable text of an option, given to Kea as bytes in hex',
    inSpec: true,
  },
  {
    where: /^list(VpnUsers|Projects)\.username$/,
    kinds: ANY,
    why: 'text that is searched for: a bound value of the query',
  },
  {
    where:
      /^list(?!Apis)\w+\.(keyword|name|displaytext|fingerprint|category|service|provider|keypair|securitygroupname)$/,
    kinds: ANY,
    why: 'text that is searched for: a bound value of the query',
  },
  {
    where: /^list\w+\.vlan$/,
    kinds: ['newline', 'return', 'quotes'],
    why: 'text that is searched for: a bound value of the query',
  },
  {
    where: /^list(PrivateGateways|VlanIpRanges)\.vlan$/,
    kinds: ['shell'],
    why: 'text that is searched for: a bound value of the query',
  },
  {
    where: /\.(displaytext|displayname|description|reason)$/,
    kinds: ANY,
    why: 'text for people, of several lines if they like',
  },
  {
    where: /^(create|update)Zone\.name$/,
    kinds: ONE_LINE,
    why: 'a name for people, of one line; guests read it in their metadata, which is plain text',
    inSpec: true,
  },
  {
    where:
      /^(create|update|add|register|upload)(?!VirtualMachine|NetworkServiceProvider|Configuration)\w+\.(name|clustername)$/,
    kinds: ONE_LINE,
    why: 'a name for people, of one line',
  },
  {
    where: /SecurityGroupEgress\.(icmptype|icmpcode)$/,
    kinds: ['zero'],
    why: 'packets may have type and code 0',
  },
  {
    where: /^(add|update)Host\.hosttags$|^(create|update)StoragePool\.tags$/,
    kinds: ['empty', 'word', 'item', 'many'],
    why: 'a set of tags, none of them known before: one that is named twice is in it once',
  },
  {
    where: /^(addHost\.password|addTrafficType\.(xen|vmware)networklabel)$/,
    kinds: ANY,
    why: 'not looked at and not kept: scripts send it for other hypervisors',
  },
  {
    where: /^(createStoragePool|updateStoragePool)\.capacitybytes$/,
    kinds: ['large'],
    why: 'bytes beyond 32 bits',
  },
  {
    where:
      /^(findHostsForMigration\.keyword|listStoragePools(Metrics)?\.(ipaddress|path)|listGuestVlans\.vnet|upgradeRouterTemplate\.account)$/,
    kinds: ANY,
    why: 'text that is searched for: a bound value of the query',
  },
  {
    where: /^list\w+\.(storageaccessgroup|outofbandmanagementpowerstate|version)$|^listNetworkOfferings\.tags$/,
    kinds: ANY,
    why: 'text that is searched for, among none or as a bound value of the query',
  },
  {
    where: /(?<!updatePortForwardingRule)\.(cidrlist|destcidrlist)$/,
    kinds: ['twice', 'folded', 'many'],
    why: 'a set of networks: one that is named twice is in it once',
  },
  {
    where: /(?<!Forwarding)(Rule|ACL|Item|authorizeSecurityGroupIngress)\.(startport|icmptype|icmpcode)$/,
    kinds: ['zero'],
    why: 'packets may have port, type and code 0',
  },
  {
    where: /\.(icmptype|icmpcode)$/,
    kinds: ['negative'],
    why: '-1 is every type or code, as in CloudStack',
  },
  {
    where: /(BgpPeers?|ASNumbers)\.asnumber$/,
    kinds: ['large'],
    why: 'numbers of autonomous systems have 32 bits (RFC 6793)',
  },
  {
    where:
      /^((createLoadBalancerRule|updateLoadBalancer(Rule)?)\.cidrlist|(createEgressFirewallRule|createNetworkACL|updateNetworkACLItem)\.(dest)?cidrlist|updateVMAffinityGroup\.affinitygroupids|assignToLoadBalancerRule\.virtualmachineids|updateVirtualMachine\.securitygroup(ids|names))$/,
    kinds: ['empty'],
    why: 'a list of none, as clients in Go write it',
  },
  {
    where: /\.supportedservices$/,
    kinds: ['twice', 'folded'],
    why: 'a set of services: one that is named twice is in it once',
  },
  {
    where: /\.(networkrate|cpuspeed)$/,
    kinds: ['zero'],
    why: '0 is no limit, as in CloudStack',
  },
  {
    where: /^listServiceOfferings\.(cpunumber|memory)$/,
    kinds: ['zero'],
    why: 'a number that is searched for',
  },
  {
    where: /Resource(Limits?|Count)\.resourcetype$/,
    kinds: ['zero'],
    why: '0 is the number of guests, as in CloudStack',
  },
  {
    where: /^updateResourceLimit\.max$/,
    kinds: ['negative'],
    why: '-1 is no limit, as in CloudStack',
  },
  {
    where: /\.ids$/,
    kinds: ['twice', 'folded'],
    why: 'a filter: one that is named twice is asked for once',
  },
  {
    where: /^list\w+\.details$/,
    kinds: [
      ...['word', 'octal', 'octets', 'wide', 'negative', 'zeros', 'slash', 'spaced'],
      ...[...ANY, 'long', 'huge'],
    ],
    why: 'not looked at: every field is answered, and a word that only newer servers know is no reason to fail',
  },
  {
    where: /^(?!list)\w+\.userdata$/,
    kinds: ['huge'],
    why: 'base64 of up to a megabyte',
  },
  {
    where: /VirtualMachine\.userdatadetails$/,
    kinds: ['one quotes', 'one shell', 'one long'],
    why: 'values of variables, of one line and up to 4096 characters; guests read them in their metadata, which is text',
    inSpec: true,
  },
  {
    where: /^create(Service|Disk)Offering\.(serviceoffering)?details$/,
    kinds: ['tier quotes', 'tier shell', 'tier long', 'HoldTime quotes', 'HoldTime shell', 'HoldTime long'],
    why: 'what clients remember of an offering, of one line and up to 1024 characters; nothing reads it but they',
  },
  {
    where: /^(createTags|deleteTags)\.tags$/,
    kinds: ['key quotes', 'key shell', 'value quotes', 'value shell'],
    why: 'text for people, of one line; nothing but lists reads it',
  },
  {
    where: /^list\w+\.tags$/,
    kinds: ['key quotes', 'key shell', 'value quotes', 'value shell'],
    why: 'text that is searched for: a bound value of the query',
  },
  {
    where: /^addResourceDetail\.details$/,
    kinds: ['HoldTime quotes', 'HoldTime shell', 'HoldTime long'],
    why: 'text for people, of one line and up to 5120 characters; nothing but lists reads it',
  },
  {
    where: /^(list(Tags|ResourceDetails)|createTags|removeResourceDetail)\.(key|value|customer)$/,
    kinds: ONE_LINE,
    why: 'a name for people, of one line',
  },
  {
    where: /^generateAlert\.name$/,
    kinds: ONE_LINE,
    why: 'a name for people, of one line',
  },
  {
    where: /^(generateAlert|listCapacity|listUsageRecords)\.type$/,
    kinds: ['zero'],
    why: 'numbers of types begin with 0',
  },
  {
    where: /^listAffinityGroups\.type$/,
    kinds: ANY,
    why: 'text that is searched for: a bound value of the query',
  },
  {
    where: /VirtualMachine\.dhcpoptionsnetworklist$/,
    kinds: ['dhcp:66 quotes', 'dhcp:66 shell'],
    why: 'printable text of an option, given to Kea as bytes in hex',
    inSpec: true,
  },
  {
    where: /BgpPeer\.password$/,
    kinds: ['shell'],
    why: 'a password has any printable character but quotes, spaces and question marks',
    inSpec: true,
  },
  {
    where: /VpnCustomerGateway\.ipsecpsk$/,
    kinds: ['quotes', 'shell'],
    why: 'a key has any printable character; charon is told it by its length, never by a shell or a file',
    inSpec: true,
  },
  {
    where: /VirtualMachine\.password$/,
    kinds: ['shell'],
    why: 'a password has any printable character; it is served as it is',
    inSpec: true,
  },
  {
    where: /^uploadSslCert\.(certificate|privatekey)$/,
    kinds: ANY,
    why: 'text around PEM blocks is dropped (RFC 7468): they are read and written anew',
  },
  {
    where: /^uploadSslCert\.password$/,
    kinds: ANY,
    why: 'opens the private key, if that is encrypted, and is kept nowhere',
  },
  {
    where:
      /^(createAccount\.account|updateAccount\.newname|(createAccount|(create|update)User)\.(username|firstname|lastname|email))$/,
    kinds: ONE_LINE,
    why: 'a name for people, of one line',
  },
  {
    where: /^(createAccount|createUser|updateUser)\.password$/,
    kinds: ANY,
    why: 'a password has any character, and only its hash is kept',
  },
  {
    where: /^list(Users|Accounts)\.(username|account)$/,
    kinds: ANY,
    why: 'text that is searched for: a bound value of the query',
  },
  {
    where: /^((create|list)\w+\.accounttype|listDomains\.level)$/,
    kinds: ['zero'],
    why: 'the type of users, and the level of ROOT',
  },
  {
    where: /^importRole\.name$/,
    kinds: ONE_LINE,
    why: 'a name for people, of one line',
  },
  {
    where: /^importRole\.rules$/,
    kinds: ['description newline', 'description return', 'description quotes', 'description shell'],
    why: 'text for people',
  },
]
