// The Spanish catalogues as one module, which a window loads when it speaks Spanish.
import activity from '../messages/activity.es.json';
import app from '../messages/es.json';
import connections from '../messages/connections.es.json';
import desktop from '../messages/desktop.es.json';
import finding from '../messages/finding.es.json';
import guard from '../messages/guard.es.json';
import holdings from '../messages/holdings.es.json';
import library from '../messages/library.es.json';
import lock from '../messages/lock.es.json';
import markdown from '../messages/markdown.es.json';
import models from '../messages/models.es.json';
import network from '../messages/network.es.json';
import persona from '../messages/persona.es.json';
import portKeys from '../messages/port-keys.es.json';
import quick from '../messages/quick.es.json';
import thread from '../messages/thread.es.json';
import webhooks from '../messages/webhooks.es.json';
import writing from '../messages/writing.es.json';

export default {
  ...app,
  ...thread,
  ...markdown,
  ...finding,
  ...writing,
  ...persona,
  ...holdings,
  ...activity,
  ...network,
  ...portKeys,
  ...webhooks,
  ...connections,
  ...library,
  ...lock,
  ...desktop,
  ...quick,
  ...guard,
  ...models,
};
