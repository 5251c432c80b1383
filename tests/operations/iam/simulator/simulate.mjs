// Evaluates requests with @cloud-copilot/iam-simulate: reads a JSON list from standard input, prints one of results.
import { runSimulation } from '@cloud-copilot/iam-simulate'

const text = await new Promise((resolve) => {
  let input = ''
  process.stdin.on('data', (chunk) => (input += chunk)).on('end', () => resolve(input))
})
const allowEverything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }
const results = []
for (const question of JSON.parse(text)) {
  const account = question.principal.split(':')[4]
  const response = await runSimulation(
    {
      request: {
        principal: question.principal,
        action: question.action,
        resource: { resource: question.resource, accountId: account },
        contextVariables: question.context,
      },
      identityPolicies: question.identity.map((policy, index) => ({ name: `identity-${index}`, policy })),
      permissionBoundaryPolicies: question.boundary ? [{ name: 'boundary', policy: question.boundary }] : undefined,
      resourcePolicy: question.resourcePolicy ?? undefined,
      serviceControlPolicies: [{ orgIdentifier: 'root', policies: [{ name: 'all', policy: allowEverything }] }],
      resourceControlPolicies: [],
    },
    {},
  )
  const failed = response.resultType === 'error'
  results.push(failed ? { error: JSON.stringify(response.errors ?? response) } : { result: response.overallResult ?? response.result?.overallResult ?? JSON.stringify(response) })
}
console.log(JSON.stringify(results))
