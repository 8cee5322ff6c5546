import type { Readable } from 'node:stream';
import type * as Undici from 'undici';

/** The answer to a request; its body must be read or destroyed. */
export interface HttpAnswer {
  readonly status: number;
  /** A header's value. */
  readonly header: (name: string) => string | undefined;
  readonly body: Readable;
}

export interface HttpGetOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Longest silence of the server, milliseconds. */
  readonly timeout: number;
}

/** Redirections that are followed. */
const MOST_REDIRECTIONS = 5;

/**
 * Asks for an address by HTTP, following redirections, through the proxy that `HTTPS_PROXY` or `HTTP_PROXY` name.
 * The bytes come as the server has them: `fetch` would unpack a `.tar.gz` that a server declares to be
 * encoded, and its checksum would be another.
 */
export async function httpGet(
  url: string,
  { headers, signal, timeout }: HttpGetOptions,
): Promise<HttpAnswer> {
  const { request, dispatcher } = await client();
  const answer = await request(url, {
    dispatcher,
    headers: { 'accept-encoding': 'identity', 'user-agent': 'bcl', ...headers },
    signal,
    headersTimeout: timeout,
    bodyTimeout: timeout,
  });
  const header = (name: string) => {
    const value = answer.headers[name];
    return Array.isArray(value) ? value[0] : value;
  };
  return { status: answer.statusCode, header, body: answer.body };
}

interface Client {
  readonly request: typeof Undici.request;
  readonly dispatcher: Undici.Dispatcher;
}

let shared: Promise<Client> | undefined;

/** What connects, loaded at the first request. */
function client(): Promise<Client> {
  shared ??= import('undici').then(({ Agent, EnvHttpProxyAgent, interceptors, request }) => {
    const { env } = process;
    const proxied = env.HTTPS_PROXY ?? env.https_proxy ?? env.HTTP_PROXY ?? env.http_proxy;
    const base = proxied ? new EnvHttpProxyAgent() : new Agent();
    const redirect = interceptors.redirect({ maxRedirections: MOST_REDIRECTIONS });
    return { request, dispatcher: base.compose(redirect) };
  });
  return shared;
}
