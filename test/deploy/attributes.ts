// What an authorizer of Kubernetes sees in a request: verb, group and resource (kubernetes.io/docs/reference/access-authn-authz/
// authorization, "Determine the request verb").

/** `verb group/resource` of a request, as an authorizer names it; undefined for what everybody who is known may ask. */
export function attributesOf(request: string): string | undefined {
  const [method = '', url = ''] = request.split(' ');
  const { pathname, searchParams } = new URL(url, 'http://api');
  const match =
    /^\/(?:api|apis\/(?<group>[^/]+))\/v[^/]+(?:\/namespaces\/[^/]+)?\/(?<resource>[^/]+)(?:\/(?<name>[^/]+)(?:\/(?<sub>.+))?)?$/.exec(
      pathname,
    );
  if (!match?.groups?.resource) return undefined;
  const { group = '', resource, name, sub } = match.groups;
  const reading = name !== undefined ? 'get' : searchParams.get('watch') === null ? 'list' : 'watch';
  const verbs: Record<string, string> = { GET: reading, POST: 'create', PUT: 'update', DELETE: 'delete' };
  return `${verbs[method] ?? method} ${group}/${sub === undefined ? resource : `${resource}/${sub}`}`;
}
