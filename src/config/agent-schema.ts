// The options of nodes[].agent: where the agent of a node is asked and how both know each other. What one option has to do
// with another is in agent.ts.
import * as z from 'zod';
import { agentUrl, path, secret, serverName } from './values.ts';

export const agent = z.strictObject({
  url: agentUrl.describe('Where the agent of this node listens, e.g. `https://172.20.0.11:10180`.'),
  token: secret.optional().describe('The token that the agent wants to be shown.'),
  caFile: path
    .optional()
    .describe(
      "Authority that has signed the agent's certificate (PEM); without it those of the system count.",
    ),
  serverName: serverName
    .optional()
    .describe("Name that the agent's certificate is for; without it it must be for the host in `url`."),
  certFile: path.optional().describe('Certificate to show to the agent (PEM).'),
  keyFile: path.optional().describe('Key of that certificate (PEM).'),
});

export type AgentSection = z.output<typeof agent>;
