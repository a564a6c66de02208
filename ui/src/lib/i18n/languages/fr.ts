// The French catalogues as one module, which a window loads when it speaks French.
import activity from '../messages/activity.fr.json';
import app from '../messages/fr.json';
import connections from '../messages/connections.fr.json';
import desktop from '../messages/desktop.fr.json';
import finding from '../messages/finding.fr.json';
import guard from '../messages/guard.fr.json';
import holdings from '../messages/holdings.fr.json';
import library from '../messages/library.fr.json';
import lock from '../messages/lock.fr.json';
import markdown from '../messages/markdown.fr.json';
import models from '../messages/models.fr.json';
import network from '../messages/network.fr.json';
import persona from '../messages/persona.fr.json';
import portKeys from '../messages/port-keys.fr.json';
import quick from '../messages/quick.fr.json';
import thread from '../messages/thread.fr.json';
import webhooks from '../messages/webhooks.fr.json';
import writing from '../messages/writing.fr.json';

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
