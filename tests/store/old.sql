BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'drumbeat','first','2026-11-28 03:49:48.420823+00:00');
INSERT INTO "_sqlite_migrations" VALUES(2,'drumbeat','usage','2026-11-28 03:49:48.429703+00:00');
INSERT INTO "_sqlite_migrations" VALUES(3,'drumbeat','conversations','2026-11-28 03:49:48.438023+00:00');
INSERT INTO "_sqlite_migrations" VALUES(4,'drumbeat','pledges','2026-11-28 03:49:48.450050+00:00');
INSERT INTO "_sqlite_migrations" VALUES(5,'drumbeat','staff','2026-11-28 03:49:48.461651+00:00');
INSERT INTO "_sqlite_migrations" VALUES(6,'drumbeat','amplification','2026-11-28 03:49:48.469727+00:00');
INSERT INTO "_sqlite_migrations" VALUES(7,'drumbeat','alert_details','2026-11-28 03:49:48.481881+00:00');
INSERT INTO "_sqlite_migrations" VALUES(8,'drumbeat','lost_focal_points','2026-11-28 03:49:48.487916+00:00');
INSERT INTO "_sqlite_migrations" VALUES(9,'drumbeat','officials','2026-11-28 03:49:48.493598+00:00');
INSERT INTO "_sqlite_migrations" VALUES(10,'drumbeat','flags_of_the_forgotten','2026-11-28 03:49:48.497799+00:00');
CREATE TABLE account (
  name TEXT PRIMARY KEY,
  pacing TEXT NOT NULL,         -- JSON of bot.pacing's state
  failures INTEGER NOT NULL DEFAULT 0   -- in a row
);
CREATE TABLE account_verified (
  pledge INTEGER NOT NULL,
  account TEXT NOT NULL,        -- network and name, as bot.amplification compares them
  by_whom TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (pledge, account)
) WITHOUT ROWID;
INSERT INTO "account_verified" VALUES(6,'mastodon acme@m.example','anna',1619913600);
CREATE TABLE alert (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  text TEXT NOT NULL,
  told INTEGER,                 -- when it left by the second road
  closed INTEGER                -- when the cause was gone
, detail TEXT NOT NULL DEFAULT '{}');
INSERT INTO "alert" VALUES(1,1620032400,'paused','x','x is paused',1620032450,NULL,'{"failures": 8, "words": "401"}');
INSERT INTO "alert" VALUES(2,1620032401,'lapsed','1-3-0','post 1-3-0 was skipped',NULL,NULL,'{}');
INSERT INTO "alert" VALUES(3,1620032402,'approval','1-3-0','waits',NULL,NULL,'{}');
INSERT INTO "alert" VALUES(4,1620032403,'uncertain','telegram','1 nudge may have arrived',NULL,NULL,'{"restored": true}');
INSERT INTO "alert" VALUES(5,1620032404,'amplify','site','can''t be read',NULL,NULL,'{"words": "503"}');
INSERT INTO "alert" VALUES(6,1620032405,'amplification','10','failed',NULL,NULL,'{"url": "https://m.example/@acme/10", "why": "failed", "words": "gone", "channel": "site"}');
INSERT INTO "alert" VALUES(7,1620032406,'retract','7','must be taken back by hand',NULL,NULL,'{"url": "https://m.example/@acme/7", "words": "403"}');
INSERT INTO "alert" VALUES(8,1620032407,'link','trees/help','link trees/help: 404',NULL,NULL,'{"action": "deed", "day": "2021-05-03", "url": "https://acme.example/help"}');
INSERT INTO "alert" VALUES(9,1620032408,'zone','Mars/Olympus','unknown zone',NULL,NULL,'{}');
INSERT INTO "alert" VALUES(10,1620032409,'journey','pledge 3: unreachable','nobody can be reached',NULL,NULL,'{"event": "unreachable"}');
INSERT INTO "alert" VALUES(11,1620032410,'blind','mastodon','no counts',NULL,NULL,'{"network": "mastodon", "place": "m.example", "since": 1620032400, "words": "503"}');
INSERT INTO "alert" VALUES(12,1620032411,'surge','tag mastodon 2021-05-02','a surge',NULL,NULL,'{"tag": "tag", "network": "mastodon", "day": "2021-05-02", "uses": 40, "usual": 4.0}');
INSERT INTO "alert" VALUES(13,1620032412,'digest','2021-05-03','a week',NULL,NULL,'{}');
INSERT INTO "alert" VALUES(14,1620032413,'token','x','x: token refused',NULL,NULL,'{"words": "401"}');
INSERT INTO "alert" VALUES(15,1620032414,'job','collect','collect failed',NULL,1620032500,'{}');
CREATE TABLE amplification (
  id INTEGER PRIMARY KEY,
  network TEXT NOT NULL,        -- '' for a link that a pledge-maker sent in
  uri TEXT NOT NULL,            -- the same on every server
  post TEXT NOT NULL,           -- what the network needs to find it again
  url TEXT NOT NULL,
  author TEXT NOT NULL,
  pledge INTEGER NOT NULL,
  text TEXT NOT NULL,           -- '' once nobody needs it any more
  media INTEGER NOT NULL,
  posted INTEGER NOT NULL,
  found INTEGER NOT NULL,
  seen INTEGER NOT NULL,        -- when it was last there
  state INTEGER NOT NULL,
  first TEXT,                   -- who cleared it first
  way TEXT NOT NULL,            -- boost or quote
  channel TEXT,
  receipt TEXT,
  receipt_url TEXT,
  done INTEGER,                 -- when it became public
  error TEXT,
  UNIQUE (network, uri, pledge)
);
INSERT INTO "amplification" VALUES(1,'mastodon','https://m.example/1','1','https://m.example/@acme/1','acme@m.example',6,'Our trees 1',0,1619827200,1619913600,1619913600,1,NULL,'boost','site',NULL,NULL,NULL,NULL);
INSERT INTO "amplification" VALUES(2,'mastodon','https://m.example/2','2','https://m.example/@acme/2','acme@m.example',6,'Our trees 2',0,1619827200,1619913600,1619913600,2,'anna','boost','site',NULL,NULL,NULL,NULL);
INSERT INTO "amplification" VALUES(3,'mastodon','https://m.example/3','3','https://m.example/@acme/3','acme@m.example',6,'Our trees 3',0,1619827200,1619913600,1619913600,3,NULL,'boost','site',NULL,NULL,NULL,NULL);
INSERT INTO "amplification" VALUES(4,'mastodon','https://m.example/4','4','https://m.example/@acme/4','acme@m.example',6,'Our trees 4',0,1619827200,1619913600,1619913600,4,NULL,'boost','site','b4','https://m.example/b4',1619949600,NULL);
INSERT INTO "amplification" VALUES(5,'mastodon','https://m.example/5','5','https://m.example/@acme/5','acme@m.example',6,'Our trees 5',0,1619827200,1619913600,1619913600,5,NULL,'boost','site',NULL,NULL,NULL,NULL);
INSERT INTO "amplification" VALUES(6,'mastodon','https://m.example/6','6','https://m.example/@acme/6','acme@m.example',6,'Our trees 6',0,1619827200,1619913600,1619913600,6,NULL,'boost','site',NULL,NULL,NULL,NULL);
INSERT INTO "amplification" VALUES(7,'mastodon','https://m.example/7','7','https://m.example/@acme/7','acme@m.example',6,'Our trees 7',0,1619827200,1619913600,1619913600,7,NULL,'boost','site',NULL,NULL,NULL,NULL);
INSERT INTO "amplification" VALUES(8,'mastodon','https://m.example/8','8','https://m.example/@acme/8','acme@m.example',6,'Our trees 8',0,1619827200,1619913600,1619913600,8,NULL,'boost','site',NULL,NULL,NULL,NULL);
INSERT INTO "amplification" VALUES(9,'mastodon','https://m.example/9','9','https://m.example/@acme/9','acme@m.example',6,'Our trees 9',0,1619827200,1619913600,1619913600,9,NULL,'boost','site',NULL,NULL,NULL,NULL);
INSERT INTO "amplification" VALUES(10,'mastodon','https://m.example/10','10','https://m.example/@acme/10','acme@m.example',6,'Our trees 10',0,1619827200,1619913600,1619913600,10,NULL,'boost','site',NULL,NULL,NULL,NULL);
INSERT INTO "amplification" VALUES(11,'','https://acme.example/feb','','https://acme.example/feb','',6,'Our trees 11',0,1619827200,1619913600,1619913600,1,NULL,'boost',NULL,NULL,NULL,NULL,NULL);
CREATE TABLE amplification_answer (
  id INTEGER PRIMARY KEY,
  amplification INTEGER NOT NULL,
  by_whom TEXT NOT NULL,
  at INTEGER NOT NULL,
  answers TEXT NOT NULL         -- JSON: question id to yes, no or unknown
);
INSERT INTO "amplification_answer" VALUES(1,2,'anna',1619942400,'{"child": "no", "consent": "unknown", "shown": "yes"}');
CREATE TABLE approval (
  occurrence INTEGER NOT NULL,
  channel INTEGER NOT NULL,
  text TEXT NOT NULL,
  picture TEXT,
  alt TEXT,
  digest TEXT NOT NULL,
  approved_by TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (occurrence, channel)
) WITHOUT ROWID;
INSERT INTO "approval" VALUES(1,3,'A post #Tag',NULL,NULL,'93b394967b8083aa24e4f030392fe6072f5d165f550c86af40d25fc8dbf849bb','anna',1620031800);
CREATE TABLE channel (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  network TEXT NOT NULL,
  paused INTEGER,               -- since when; null: not paused
  reason TEXT
);
INSERT INTO "channel" VALUES(1,'telegram','telegram',NULL,NULL);
INSERT INTO "channel" VALUES(2,'mail','dry',1620032400,'eight failures');
INSERT INTO "channel" VALUES(3,'site','dry',NULL,NULL);
CREATE TABLE consent (
  person INTEGER NOT NULL,
  purpose TEXT NOT NULL,
  wording TEXT NOT NULL,        -- version and language of what was agreed to
  at INTEGER NOT NULL,
  withdrawn INTEGER,
  PRIMARY KEY (person, purpose)
) WITHOUT ROWID;
INSERT INTO "consent" VALUES(7,'chat','1 fr',1610236800,NULL);
INSERT INTO "consent" VALUES(7,'pledge','1 fr',1610236860,1610236920);
INSERT INTO "consent" VALUES(24,'nudges','en 1',1620033600,NULL);
INSERT INTO "consent" VALUES(24,'pledge','en 1',1620033600,NULL);
INSERT INTO "consent" VALUES(25,'nudges','en 1',1620033600,NULL);
INSERT INTO "consent" VALUES(26,'nudges','fr 1',1620033600,NULL);
CREATE TABLE contact (
  person INTEGER PRIMARY KEY REFERENCES person(id),
  organisation TEXT NOT NULL,
  stakeholder TEXT NOT NULL,
  consent_source TEXT,          -- where and how they agreed
  consent_date TEXT,            -- ISO day
  asked INTEGER,                -- when the confirmation request was made out
  confirmed INTEGER,
  imported INTEGER NOT NULL
);
INSERT INTO "contact" VALUES(9,'ACME','company','a form','2021-01-01',NULL,NULL,1610236800);
INSERT INTO "contact" VALUES(10,'ACME','company',NULL,NULL,1610236810,NULL,1610236800);
INSERT INTO "contact" VALUES(11,'ACME','company',NULL,NULL,1610236810,1610236820,1610236800);
INSERT INTO "contact" VALUES(23,'ACME','company','a form','2021-01-01',NULL,NULL,1610236800);
CREATE TABLE conversation (
  channel INTEGER NOT NULL,
  address TEXT NOT NULL,
  state TEXT NOT NULL,          -- JSON of bot.conversation's state
  at INTEGER NOT NULL,
  PRIMARY KEY (channel, address)
) WITHOUT ROWID;
INSERT INTO "conversation" VALUES(1,'7','{"topic": "pledge_form", "step": "answer", "data": {"pledge": 7}}',1620033600);
INSERT INTO "conversation" VALUES(1,'8','{"topic": "ask", "step": "text", "data": {}}',1620033600);
CREATE TABLE delivery (
  occurrence INTEGER NOT NULL,
  channel INTEGER NOT NULL,
  recipient INTEGER NOT NULL,   -- person, or 0 for the public
  state INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  due INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  PRIMARY KEY (occurrence, channel, recipient)
) WITHOUT ROWID;
INSERT INTO "delivery" VALUES(1,1,1,3,0,1620032400,1620075600);
INSERT INTO "delivery" VALUES(1,1,14,3,0,1620032400,1620075600);
INSERT INTO "delivery" VALUES(1,1,15,2,0,1620032400,1620075600);
INSERT INTO "delivery" VALUES(1,1,16,3,0,1620032400,1620075600);
INSERT INTO "delivery" VALUES(1,1,17,4,1,1620032400,1620075600);
INSERT INTO "delivery" VALUES(1,1,18,5,1,1620032400,1620075600);
INSERT INTO "delivery" VALUES(1,1,19,6,1,1620032400,1620075600);
INSERT INTO "delivery" VALUES(1,1,20,7,1,1620032400,1620075600);
INSERT INTO "delivery" VALUES(1,1,21,8,1,1620032400,1620075600);
INSERT INTO "delivery" VALUES(1,1,22,9,1,1620032400,1620075600);
INSERT INTO "delivery" VALUES(1,3,0,3,0,1620032400,1620075600);
INSERT INTO "delivery" VALUES(2,2,9,3,0,1620033000,1620637800);
INSERT INTO "delivery" VALUES(3,2,23,3,0,1620033000,1620637800);
INSERT INTO "delivery" VALUES(4,1,7,3,0,1620033000,1620637800);
INSERT INTO "delivery" VALUES(4,2,9,3,0,1620033000,1620637800);
INSERT INTO "delivery" VALUES(5,2,9,3,0,1620033000,1620637800);
INSERT INTO "delivery" VALUES(6,3,0,3,0,1620032400,1620291600);
INSERT INTO "delivery" VALUES(11,3,0,1,0,1622538000,1622797200);
INSERT INTO "delivery" VALUES(15,3,0,1,0,1623488400,1623538800);
INSERT INTO "delivery" VALUES(17,3,0,1,0,1625130000,1625389200);
CREATE TABLE edit (
  campaign TEXT NOT NULL,
  action TEXT NOT NULL,
  audience INTEGER NOT NULL,
  slot INTEGER NOT NULL,
  channel INTEGER NOT NULL,
  text TEXT NOT NULL,
  by_whom TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (campaign, action, audience, slot, channel)
) WITHOUT ROWID;
INSERT INTO "edit" VALUES('trees','deed',1,202200,3,'Staff wording #Tag','staff 99',1620032400);
CREATE TABLE flag (
  id INTEGER PRIMARY KEY,
  channel INTEGER NOT NULL,
  address TEXT NOT NULL,
  country TEXT,
  language TEXT NOT NULL,
  at INTEGER NOT NULL,
  text TEXT NOT NULL,
  told INTEGER
, forgotten INTEGER NOT NULL DEFAULT 0);
INSERT INTO "flag" VALUES(1,1,'2101','CH','en',1620032402,'A child is in danger',NULL,0);
CREATE TABLE hand_post (
  occurrence INTEGER NOT NULL,
  network TEXT NOT NULL,
  language TEXT NOT NULL,
  url TEXT NOT NULL,
  by_whom TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (occurrence, network, language)
) WITHOUT ROWID;
INSERT INTO "hand_post" VALUES(1,'instagram','en','https://instagram.example/1','anna',1620032400);
CREATE TABLE handled (
  channel INTEGER NOT NULL,
  number INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (channel, number)
) WITHOUT ROWID;
CREATE TABLE hold (
  id INTEGER PRIMARY KEY,
  channel INTEGER NOT NULL DEFAULT 0,   -- 0: every channel
  country TEXT NOT NULL DEFAULT '',     -- '': every country
  action TEXT NOT NULL DEFAULT '',      -- '': every action; else its id
  since INTEGER NOT NULL,
  UNIQUE (channel, country, action)
);
INSERT INTO "hold" VALUES(1,0,'FR','',1620032400);
INSERT INTO "hold" VALUES(2,3,'','nothing',1620032401);
INSERT INTO "hold" VALUES(3,0,'','prompt-june',1620032402);
CREATE TABLE ledger (
  day TEXT NOT NULL,            -- ISO, in UTC
  channel TEXT NOT NULL,
  account TEXT NOT NULL,
  kind TEXT NOT NULL,           -- post, post_with_link, read, count, delete
  n INTEGER NOT NULL,
  micros INTEGER NOT NULL,      -- millionths of a US dollar
  PRIMARY KEY (day, channel, account, kind)
);
INSERT INTO "ledger" VALUES('2021-05-01','x','x','post',4,20000);
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
INSERT INTO "meta" VALUES('tombstones','31fb820372a2a938cbeb1b97dd0e4a8acde844de806a5bf705449cefd933ac80');
INSERT INTO "meta" VALUES('web-key','91ff14266464f20626888de9c81e50822dbfbb59a200e98d70e769f45e1295f0');
INSERT INTO "meta" VALUES('usage digest','2021-05-03');
INSERT INTO "meta" VALUES('kind','live');
INSERT INTO "meta" VALUES('planned','((Campaign(id=''trees'', folder=PosixPath(''campaigns/trees''), language=''en'', languages=(''en'',), hashtag=''#Tag'', hashtags=(''#Tag'',), start=None, end=None, contact=''office@campaign.example'', source=''a test'', yields_to=(), links={}, facts={}, observances={}, actions=(Action(campaign=''trees'', id=''prompt-february'', kind=<Kind.PROMPT: ''prompt''>, audiences=(<Audience.REGION: 4>, <Audience.COUNTRY: 3>, <Audience.ORGANIZATION: 2>), observance=None, when=YearlyDay(month=2, day=3), month=None, nudge=True, post=False, hashtags=(), links=(), prescribed=None, picture=None, requires=None, safeguarding=False, grace=datetime.timedelta(days=7), source=''a test''), Action(campaign=''trees'', id=''prompt-march'', kind=<Kind.PROMPT: ''prompt''>, audiences=(<Audience.REGION: 4>, <Audience.COUNTRY: 3>, <Audience.ORGANIZATION: 2>), observance=None, when=YearlyDay(month=3, day=3), month=None, nudge=True, post=False, hashtags=(), links=(), prescribed=None, picture=None, requires=None, safeguarding=False, grace=datetime.timedelta(days=7), source=''a test''), Action(campaign=''trees'', id=''prompt-april'', kind=<Kind.PROMPT: ''prompt''>, audiences=(<Audience.REGION: 4>, <Audience.COUNTRY: 3>, <Audience.ORGANIZATION: 2>), observance=None, when=YearlyDay(month=4, day=3), month=None, nudge=True, post=False, hashtags=(), links=(), prescribed=None, picture=None, requires=None, safeguarding=False, grace=datetime.timedelta(days=7), source=''a test''), Action(campaign=''trees'', id=''prompt-may'', kind=<Kind.PROMPT: ''prompt''>, audiences=(<Audience.REGION: 4>, <Audience.COUNTRY: 3>, <Audience.ORGANIZATION: 2>), observance=None, when=YearlyDay(month=5, day=3), month=None, nudge=True, post=False, hashtags=(), links=(), prescribed=None, picture=None, requires=None, safeguarding=False, grace=datetime.timedelta(days=7), source=''a test''), Action(campaign=''trees'', id=''prompt-june'', kind=<Kind.PROMPT: ''prompt''>, audiences=(<Audience.REGION: 4>, <Audience.COUNTRY: 3>, <Audience.ORGANIZATION: 2>), observance=None, when=YearlyDay(month=6, day=3), month=None, nudge=True, post=False, hashtags=(), links=(), prescribed=None, picture=None, requires=None, safeguarding=False, grace=datetime.timedelta(days=7), source=''a test''), Action(campaign=''trees'', id=''prompt-july'', kind=<Kind.PROMPT: ''prompt''>, audiences=(<Audience.REGION: 4>, <Audience.COUNTRY: 3>, <Audience.ORGANIZATION: 2>), observance=None, when=YearlyDay(month=7, day=3), month=None, nudge=True, post=False, hashtags=(), links=(), prescribed=None, picture=None, requires=None, safeguarding=False, grace=datetime.timedelta(days=7), source=''a test''), Action(campaign=''trees'', id=''prompt-august'', kind=<Kind.PROMPT: ''prompt''>, audiences=(<Audience.REGION: 4>, <Audience.COUNTRY: 3>, <Audience.ORGANIZATION: 2>), observance=None, when=YearlyDay(month=8, day=3), month=None, nudge=True, post=False, hashtags=(), links=(), prescribed=None, picture=None, requires=None, safeguarding=False, grace=datetime.timedelta(days=7), source=''a test''), Action(campaign=''trees'', id=''prompt-september'', kind=<Kind.PROMPT: ''prompt''>, audiences=(<Audience.REGION: 4>, <Audience.COUNTRY: 3>, <Audience.ORGANIZATION: 2>), observance=None, when=YearlyDay(month=9, day=3), month=None, nudge=True, post=False, hashtags=(), links=(), prescribed=None, picture=None, requires=None, safeguarding=False, grace=datetime.timedelta(days=7), source=''a test''), Action(campaign=''trees'', id=''prompt-october'', kind=<Kind.PROMPT: ''prompt''>, audiences=(<Audience.REGION: 4>, <Audience.COUNTRY: 3>, <Audience.ORGANIZATION: 2>), observance=None, when=YearlyDay(month=10, day=3), month=None, nudge=True, post=False, hashtags=(), links=(), prescribed=None, picture=None, requires=None, safeguarding=False, grace=datetime.timedelta(days=7), source=''a test''), Action(campaign=''trees'', id=''prompt-november'', kind=<Kind.PROMPT: ''prompt''>, audiences=(<Audience.REGION: 4>, <Audience.COUNTRY: 3>, <Audience.ORGANIZATION: 2>), observance=None, when=YearlyDay(month=11, day=3), month=None, nudge=True, post=False, hashtags=(), links=(), prescribed=None, picture=None, requires=None, safeguarding=False, grace=datetime.timedelta(days=7), source=''a test''), Action(campaign=''trees'', id=''prompt-december'', kind=<Kind.PROMPT: ''prompt''>, audiences=(<Audience.REGION: 4>, <Audience.COUNTRY: 3>, <Audience.ORGANIZATION: 2>), observance=None, when=YearlyDay(month=12, day=3), month=None, nudge=True, post=False, hashtags=(), links=(), prescribed=None, picture=None, requires=None, safeguarding=False, grace=datetime.timedelta(days=7), source=''a test''), Action(campaign=''trees'', id=''deed'', kind=<Kind.SHARE: ''share''>, audiences=(<Audience.INDIVIDUAL: 1>,), observance=None, when=YearlyDay(month=5, day=3), month=None, nudge=True, post=True, hashtags=(''#Tag'',), links=(), prescribed=None, picture=None, requires=None, safeguarding=False, grace=datetime.timedelta(seconds=43200), source=''a test'')), tables={''journey'': {''journey'': {''reminder_days'': 10, ''unanswered'': 2, ''draft_days'': 90, ''survey'': 7, ''scale_up'': 10}}, ''pledges'': {''group'': [{''id'': ''company'', ''audience'': ''organization'', ''source'': ''a test''}]}}),), (Channel(name=''telegram'', network=''telegram'', account=''telegram'', base_url=None, target=None, language=''en'', audiences=(<Audience.INDIVIDUAL: 1>, <Audience.ORGANIZATION: 2>, <Audience.COUNTRY: 3>, <Audience.REGION: 4>), review=False, nudges=True, posts=False, zone=''UTC'', minute=540, per_second=None, daily=None, note='''', ceiling=None, options={}), Channel(name=''mail'', network=''dry'', account=''mail'', base_url=None, target=None, language=''en'', audiences=(<Audience.INDIVIDUAL: 1>, <Audience.ORGANIZATION: 2>, <Audience.COUNTRY: 3>, <Audience.REGION: 4>), review=False, nudges=True, posts=False, zone=''UTC'', minute=540, per_second=None, daily=None, note='''', ceiling=None, options={}), Channel(name=''site'', network=''dry'', account=''site'', base_url=None, target=None, language=''en'', audiences=(<Audience.INDIVIDUAL: 1>, <Audience.ORGANIZATION: 2>, <Audience.COUNTRY: 3>, <Audience.REGION: 4>), review=False, nudges=False, posts=True, zone=''UTC'', minute=540, per_second=None, daily=None, note='''', ceiling=None, options={}))) 2021-05-03');
INSERT INTO "meta" VALUES('staff daily','2021-05-03');
INSERT INTO "meta" VALUES('staff since','1620033600');
INSERT INTO "meta" VALUES('screen of 7','{"3": [[{"label": "What can I do now?", "data": "today:today~7", "url": null, "copy": null}, {"label": "Where I live", "data": "settings:place~7", "url": null, "copy": null}], [{"label": "Settings", "data": "settings:open~7", "url": null, "copy": null}]], "4": [[{"label": "Suggestions", "data": "pledge:suggest~7", "url": null, "copy": null}, {"label": "Three questions", "data": "pledge:choosing~7", "url": null, "copy": null}], [{"label": "Make a pledge", "data": "pledge:begin~7", "url": null, "copy": null}]], "8": [[{"label": "A child is in danger", "data": "safety:open~7", "url": null, "copy": null}, {"label": "Cancel", "data": "help:cancel~7", "url": null, "copy": null}]], "9": [[{"label": "Go on later", "data": "pledge_form:later:0~7", "url": null, "copy": null}], [{"label": "A child is in danger", "data": "safety:open~7", "url": null, "copy": null}]], "11": [[{"label": "Back", "data": "pledge_form:back:7~7", "url": null, "copy": null}, {"label": "Go on later", "data": "pledge_form:later:7~7", "url": null, "copy": null}], [{"label": "A child is in danger", "data": "safety:open~7", "url": null, "copy": null}]]}');
INSERT INTO "meta" VALUES('screen of 8','{"3": [[{"label": "What can I do now?", "data": "today:today~8", "url": null, "copy": null}, {"label": "Where I live", "data": "settings:place~8", "url": null, "copy": null}], [{"label": "Settings", "data": "settings:open~8", "url": null, "copy": null}]], "4": [[{"label": "A child is in danger", "data": "safety:open~8", "url": null, "copy": null}], [{"label": "Cancel", "data": "help:cancel~8", "url": null, "copy": null}]]}');
INSERT INTO "meta" VALUES('screen of 9','{"3": [[{"label": "Que faire maintenant ?", "data": "today:today~9", "url": null, "copy": null}, {"label": "Où j’habite", "data": "settings:place~9", "url": null, "copy": null}], [{"label": "Réglages", "data": "settings:open~9", "url": null, "copy": null}]], "4": [[{"label": "Calendrier", "data": "today:calendar~9", "url": null, "copy": null}, {"label": "Gestes rapides", "data": "today:quick~9", "url": null, "copy": null}]], "5": [[{"label": "Calendrier", "data": "today:calendar~9", "url": null, "copy": null}, {"label": "Gestes rapides", "data": "today:quick~9", "url": null, "copy": null}]]}');
CREATE TABLE milestone (
  pledge INTEGER NOT NULL REFERENCES pledge(id),
  action TEXT NOT NULL,
  slot INTEGER NOT NULL,
  reminded INTEGER,
  answered INTEGER,
  link TEXT,                    -- null: reported without one
  by_whom TEXT,
  PRIMARY KEY (pledge, action, slot)
) WITHOUT ROWID;
INSERT INTO "milestone" VALUES(6,'prompt-april',202100,1618358400,NULL,NULL,NULL);
INSERT INTO "milestone" VALUES(6,'prompt-february',202100,NULL,1612915200,'https://acme.example/feb','person 9');
INSERT INTO "milestone" VALUES(6,'prompt-march',202100,NULL,1615334400,NULL,'anna');
CREATE TABLE notice (
  id INTEGER PRIMARY KEY,
  address TEXT NOT NULL,
  name TEXT NOT NULL,
  at INTEGER NOT NULL,
  template TEXT NOT NULL,
  fields TEXT NOT NULL,         -- JSON
  gone INTEGER,                 -- when it left
  UNIQUE (address, name)
);
INSERT INTO "notice" VALUES(1,'99','daily 2021-05-03',1620033600,'staff.daily','{"needs": [{"kind": "paused", "count": 1, "first": 1620032400, "about": [{"subject": "mail"}], "text": "channel mail is paused: eight failures (since 2021-05-03 09:00 UTC); mend the cause, then `drumbeat resume mail`"}, {"kind": "approval", "count": 1, "first": 1620032400, "about": [{"subject": ""}], "text": "1 post that falls due within two days waits for approval, at 2021-05-03 09:00 UTC: `drumbeat outbox --state awaiting_approval`, then `drumbeat outbox approve ID`"}, {"kind": "uncertain", "count": 1, "first": 0, "about": [{"subject": ""}], "text": "1 delivery is uncertain, nobody knows whether it arrived: `drumbeat outbox --state uncertain`"}, {"kind": "pledges", "count": 3, "first": 1610236902, "about": [{"subject": ""}], "text": "3 pledges wait for a decision or for a check of who made it, since 2021-01-10 00:01 UTC: /pledges in the chat"}, {"kind": "questions", "count": 1, "first": 1620032401, "about": [{"subject": ""}], "text": "1 question waits for an answer, since 2021-05-03 09:00 UTC: /inbox in the chat"}, {"kind": "review", "count": 4, "first": 0, "about": [{"subject": ""}], "text": "4 posts or links of pledge-makers wait for a look before they can be amplified: `drumbeat amplify list`"}, {"kind": "lapsed", "count": 1, "first": 1620032401, "about": [{"subject": "1-3-0"}], "text": "post 1-3-0 was skipped"}, {"kind": "amplify", "count": 1, "first": 1620032404, "about": [{"subject": "site", "words": "503"}], "text": "can''t be read"}, {"kind": "amplification", "count": 1, "first": 1620032405, "about": [{"subject": "10", "url": "https://m.example/@acme/10", "why": "failed", "words": "gone", "channel": "site"}], "text": "failed"}, {"kind": "retract", "count": 1, "first": 1620032406, "about": [{"subject": "7", "url": "https://m.example/@acme/7", "words": "403"}], "text": "must be taken back by hand"}], "more": 5}',NULL);
INSERT INTO "notice" VALUES(2,'99','alert 1',1620033600,'staff.alert','{"kind": "paused", "subject": "x", "text": "x is paused", "detail": {"failures": 8, "words": "401"}}',NULL);
INSERT INTO "notice" VALUES(3,'99','alert 2',1620033600,'staff.alert','{"kind": "lapsed", "subject": "1-3-0", "text": "post 1-3-0 was skipped", "detail": {}}',NULL);
INSERT INTO "notice" VALUES(4,'99','alert 3',1620033600,'staff.alert','{"kind": "approval", "subject": "1-3-0", "text": "waits", "detail": {}}',NULL);
INSERT INTO "notice" VALUES(5,'99','alert 4',1620033600,'staff.alert','{"kind": "uncertain", "subject": "telegram", "text": "1 nudge may have arrived", "detail": {"restored": true}}',NULL);
INSERT INTO "notice" VALUES(6,'99','alert 5',1620033600,'staff.alert','{"kind": "amplify", "subject": "site", "text": "can''t be read", "detail": {"words": "503"}}',NULL);
INSERT INTO "notice" VALUES(7,'99','alert 6',1620033600,'staff.alert','{"kind": "amplification", "subject": "10", "text": "failed", "detail": {"url": "https://m.example/@acme/10", "why": "failed", "words": "gone", "channel": "site"}}',NULL);
INSERT INTO "notice" VALUES(8,'99','alert 7',1620033600,'staff.alert','{"kind": "retract", "subject": "7", "text": "must be taken back by hand", "detail": {"url": "https://m.example/@acme/7", "words": "403"}}',NULL);
INSERT INTO "notice" VALUES(9,'99','alert 8',1620033600,'staff.alert','{"kind": "link", "subject": "trees/help", "text": "link trees/help: 404", "detail": {"action": "deed", "day": "2021-05-03", "url": "https://acme.example/help"}}',NULL);
INSERT INTO "notice" VALUES(10,'99','alert 9',1620033600,'staff.alert','{"kind": "zone", "subject": "Mars/Olympus", "text": "unknown zone", "detail": {}}',NULL);
INSERT INTO "notice" VALUES(11,'99','alert 10',1620033600,'staff.alert','{"kind": "journey", "subject": "pledge 3: unreachable", "text": "nobody can be reached", "detail": {"event": "unreachable"}}',NULL);
INSERT INTO "notice" VALUES(12,'99','alert 11',1620033600,'staff.alert','{"kind": "blind", "subject": "mastodon", "text": "no counts", "detail": {"network": "mastodon", "place": "m.example", "since": 1620032400, "words": "503"}}',NULL);
INSERT INTO "notice" VALUES(13,'99','alert 12',1620033600,'staff.alert','{"kind": "surge", "subject": "tag mastodon 2021-05-02", "text": "a surge", "detail": {"tag": "tag", "network": "mastodon", "day": "2021-05-02", "uses": 40, "usual": 4.0}}',NULL);
INSERT INTO "notice" VALUES(14,'99','alert 13',1620033600,'staff.alert','{"kind": "digest", "subject": "2021-05-03", "text": "a week", "detail": {}}',NULL);
INSERT INTO "notice" VALUES(15,'99','alert 14',1620033600,'staff.alert','{"kind": "token", "subject": "x", "text": "x: token refused", "detail": {"words": "401"}}',NULL);
INSERT INTO "notice" VALUES(16,'99','question 2',1620033600,'staff.question','{"number": 2}',NULL);
CREATE TABLE occurrence (
  id INTEGER PRIMARY KEY,
  campaign TEXT NOT NULL,
  action TEXT NOT NULL,
  audience INTEGER NOT NULL,
  slot INTEGER NOT NULL,        -- year * 100 + ordinal in the year: the same when the day moves
  day TEXT NOT NULL,            -- ISO, in the recipient's zone
  grace INTEGER NOT NULL,       -- seconds
  nudge INTEGER NOT NULL,
  post INTEGER NOT NULL,
  named INTEGER NOT NULL,
  opens INTEGER NOT NULL,       -- the day begins in the first zone
  closes INTEGER NOT NULL,      -- the grace ends in the last zone
  places INTEGER NOT NULL DEFAULT 0,    -- waves are made for places up to this id
  cancelled INTEGER NOT NULL DEFAULT 0,
  UNIQUE (campaign, action, audience, slot)
);
INSERT INTO "occurrence" VALUES(1,'trees','deed',1,202100,'2021-05-03',43200,1,1,0,1619949600,1620172800,3,0);
INSERT INTO "occurrence" VALUES(2,'trees','prompt-april:reminder',2,202100,'2021-05-03',604800,0,0,0,1619949600,1620734400,0,0);
INSERT INTO "occurrence" VALUES(3,'trees','prompt-may:still',2,202100,'2021-05-03',604800,0,0,0,1619949600,1620734400,0,0);
INSERT INTO "occurrence" VALUES(4,'trees','told:n18',2,202100,'2021-05-03',604800,0,0,0,1619949600,1620734400,0,0);
INSERT INTO "occurrence" VALUES(5,'trees','amplified:p4',2,202100,'2021-05-03',604800,0,0,0,1619949600,1620734400,0,0);
INSERT INTO "occurrence" VALUES(6,'endchildlabour2021','opening-may',1,202100,'2021-05-03',259200,0,1,0,1619949600,1620388800,0,0);
INSERT INTO "occurrence" VALUES(7,'endchildlabour2021','prompt-may',2,202100,'2021-05-05',604800,1,0,0,1620122400,1620907200,0,0);
INSERT INTO "occurrence" VALUES(8,'endchildlabour2021','prompt-may',3,202100,'2021-05-05',604800,1,0,0,1620122400,1620907200,0,0);
INSERT INTO "occurrence" VALUES(9,'endchildlabour2021','prompt-may',4,202100,'2021-05-05',604800,1,0,0,1620122400,1620907200,0,0);
INSERT INTO "occurrence" VALUES(10,'endchildlabour2021','inspiring-story',1,202100,'2021-05-18',259200,1,0,0,1621245600,1621684800,0,0);
INSERT INTO "occurrence" VALUES(11,'endchildlabour2021','opening-june',1,202100,'2021-06-01',259200,0,1,0,1622455200,1622894400,0,0);
INSERT INTO "occurrence" VALUES(12,'endchildlabour2021','prompt-june',2,202100,'2021-06-01',604800,1,0,0,1622455200,1623240000,0,0);
INSERT INTO "occurrence" VALUES(13,'endchildlabour2021','prompt-june',3,202100,'2021-06-01',604800,1,0,0,1622455200,1623240000,0,0);
INSERT INTO "occurrence" VALUES(14,'endchildlabour2021','prompt-june',4,202100,'2021-06-01',604800,1,0,0,1622455200,1623240000,0,0);
INSERT INTO "occurrence" VALUES(15,'endchildlabour2021','world-day',1,202100,'2021-06-12',50400,1,1,1,1623405600,1623636000,0,0);
INSERT INTO "occurrence" VALUES(16,'endchildlabour2021','share-progress',1,202100,'2021-06-22',259200,1,0,0,1624269600,1624708800,0,0);
INSERT INTO "occurrence" VALUES(17,'endchildlabour2021','opening-july',1,202100,'2021-07-01',259200,0,1,0,1625047200,1625486400,0,0);
INSERT INTO "occurrence" VALUES(18,'trees','announcement:2',1,202100,'2021-05-03',43200,0,0,0,1619949600,1620172800,0,0);
CREATE TABLE official (
  id INTEGER PRIMARY KEY,
  pledge INTEGER NOT NULL,      -- 0: gone
  person INTEGER NOT NULL,      -- on an e-mail channel; the address is forgotten with the answer, or after some days
  asker INTEGER NOT NULL,       -- the editor who gave it; 0: forgotten
  at INTEGER NOT NULL,
  outcome INTEGER NOT NULL      -- bot.store.officials.Outcome
);
INSERT INTO "official" VALUES(1,6,13,7,1620032400,1);
CREATE TABLE oneoff (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  campaign TEXT NOT NULL,
  text TEXT NOT NULL,
  by_whom TEXT NOT NULL,
  at INTEGER NOT NULL,
  language TEXT NOT NULL,       -- of an announcement: for whom; '': everybody
  country TEXT NOT NULL,
  channel INTEGER NOT NULL,
  after INTEGER NOT NULL,       -- people up to this id have their row
  done INTEGER NOT NULL
);
INSERT INTO "oneoff" VALUES(1,'post','trees','A word from us #Tag','staff 99',1620032400,'','',3,0,1);
INSERT INTO "oneoff" VALUES(2,'announcement','trees','Thank you all','chat 99',1620032400,'en','CM',1,0,0);
CREATE TABLE person (
  id INTEGER PRIMARY KEY,
  channel INTEGER NOT NULL REFERENCES channel(id),
  address TEXT NOT NULL,
  language TEXT NOT NULL,
  country TEXT,                 -- ISO 3166 alpha-2
  place INTEGER NOT NULL REFERENCES place(id),
  named_only INTEGER NOT NULL DEFAULT 0,
  pledge INTEGER NOT NULL DEFAULT 0,
  status INTEGER NOT NULL DEFAULT 1,
  joined INTEGER NOT NULL,
  UNIQUE (channel, address)
);
INSERT INTO "person" VALUES(1,1,'2001','en','CM',1,0,0,1,1610236800);
INSERT INTO "person" VALUES(2,1,'2002','en','CH',1,0,0,2,1610236800);
INSERT INTO "person" VALUES(3,1,'2003','en','FR',1,0,0,3,1610236800);
INSERT INTO "person" VALUES(4,1,'2004','en','CM',1,0,0,4,1610236800);
INSERT INTO "person" VALUES(5,1,'2005','en','KE',1,0,0,5,1610236800);
INSERT INTO "person" VALUES(6,1,'2006','en',NULL,1,0,0,6,1610236800);
INSERT INTO "person" VALUES(7,1,'2100','fr','CH',2,1,1,1,1610236800);
INSERT INTO "person" VALUES(8,1,'2101','en',NULL,2,0,0,1,1610236800);
INSERT INTO "person" VALUES(9,2,'agreed@acme.example','en','CH',3,0,0,1,1610236800);
INSERT INTO "person" VALUES(10,2,'asked@acme.example','en','CH',3,0,0,5,1610236800);
INSERT INTO "person" VALUES(11,2,'confirmed@acme.example','en','CH',3,0,0,1,1610236820);
INSERT INTO "person" VALUES(12,2,'gone-12','en',NULL,3,0,0,3,1610236800);
INSERT INTO "person" VALUES(13,2,'mayor@town.example','en',NULL,3,0,0,5,1610236800);
INSERT INTO "person" VALUES(14,1,'3001','en',NULL,1,0,0,1,1610236800);
INSERT INTO "person" VALUES(15,1,'3002','en',NULL,1,0,0,1,1610236800);
INSERT INTO "person" VALUES(16,1,'3003','en',NULL,1,0,0,1,1610236800);
INSERT INTO "person" VALUES(17,1,'3004','en',NULL,1,0,0,1,1610236800);
INSERT INTO "person" VALUES(18,1,'3005','en',NULL,1,0,0,1,1610236800);
INSERT INTO "person" VALUES(19,1,'3006','en',NULL,1,0,0,1,1610236800);
INSERT INTO "person" VALUES(20,1,'3007','en',NULL,1,0,0,1,1610236800);
INSERT INTO "person" VALUES(21,1,'3008','en',NULL,1,0,0,1,1610236800);
INSERT INTO "person" VALUES(22,1,'3009','en',NULL,1,0,0,1,1610236800);
INSERT INTO "person" VALUES(23,2,'silent@acme.example','en','CH',3,0,0,6,1610236800);
INSERT INTO "person" VALUES(24,1,'7','en',NULL,1,0,0,1,1620033600);
INSERT INTO "person" VALUES(25,1,'8','en',NULL,1,0,0,1,1620033600);
INSERT INTO "person" VALUES(26,1,'9','fr',NULL,1,0,0,1,1620033600);
CREATE TABLE place (
  id INTEGER PRIMARY KEY,
  channel INTEGER NOT NULL REFERENCES channel(id),
  audience INTEGER NOT NULL,
  zone TEXT NOT NULL,
  minute INTEGER NOT NULL,      -- of the local day
  problem TEXT,                 -- why nobody here can be met, e.g. an unknown zone
  UNIQUE (channel, audience, zone, minute)
);
INSERT INTO "place" VALUES(1,1,1,'UTC',540,NULL);
INSERT INTO "place" VALUES(2,1,2,'UTC',540,NULL);
INSERT INTO "place" VALUES(3,2,2,'UTC',540,NULL);
CREATE TABLE pledge (
  id INTEGER PRIMARY KEY,
  campaign TEXT NOT NULL,
  audience INTEGER NOT NULL,
  stakeholder TEXT NOT NULL,    -- id of the stakeholder group
  organisation TEXT NOT NULL,   -- name of the organisation, country or region; '' for an individual
  country TEXT,                 -- ISO 3166 alpha-2
  language TEXT NOT NULL,
  answers TEXT NOT NULL,        -- JSON: question id to text
  approved TEXT,                -- the answers as they were approved: what is public
  state INTEGER NOT NULL,
  joined INTEGER NOT NULL,      -- when it was begun
  changed INTEGER NOT NULL,     -- answers, handles or state
  journey INTEGER NOT NULL,     -- bot.journey.State
  since INTEGER NOT NULL,
  until TEXT,                   -- day, of a pause
  heard INTEGER
, lost INTEGER);
INSERT INTO "pledge" VALUES(1,'trees',2,'company','draft Ltd','CH','en','{"how": "With spades", "name": "Plant draft"}',NULL,1,1610236800,1610236800,1,1610236800,NULL,NULL,NULL);
INSERT INTO "pledge" VALUES(2,'trees',2,'company','submitted Ltd','CH','en','{"how": "With spades", "name": "Plant submitted"}',NULL,2,1610236800,1610236902,1,1610236800,NULL,NULL,NULL);
INSERT INTO "pledge" VALUES(3,'trees',2,'company','approved Ltd','CH','en','{"how": "With spades", "name": "Plant approved"}','{"how": "With spades", "name": "Plant approved"}',3,1610236800,1610236903,1,1610236800,NULL,NULL,1610237700);
INSERT INTO "pledge" VALUES(4,'trees',2,'company','rejected Ltd','CH','en','{"how": "With spades", "name": "Plant rejected"}',NULL,4,1610236800,1610236904,1,1610236800,NULL,NULL,NULL);
INSERT INTO "pledge" VALUES(5,'trees',2,'company','withdrawn Ltd','CH','en','{"how": "With spades", "name": "Plant withdrawn"}','{"how": "With spades", "name": "Plant withdrawn"}',6,1610236800,1610236906,1,1610236800,NULL,NULL,NULL);
INSERT INTO "pledge" VALUES(6,'trees',2,'company','published Ltd','CH','en','{"how": "With spades", "name": "Plant more"}','{"how": "With spades", "name": "Plant published"}',5,1610236800,1610237500,1,1610236800,NULL,NULL,NULL);
INSERT INTO "pledge" VALUES(7,'endchildlabour2021',2,'company','Orchard & Sons',NULL,'en','{"name": "Engage in social dialogue"}',NULL,1,1620033600,1620033600,1,1620033600,NULL,NULL,NULL);
CREATE TABLE pledge_editor (
  pledge INTEGER NOT NULL REFERENCES pledge(id),
  person INTEGER NOT NULL,
  focal INTEGER NOT NULL,
  since INTEGER NOT NULL,
  PRIMARY KEY (pledge, person)
) WITHOUT ROWID;
INSERT INTO "pledge_editor" VALUES(2,11,1,1610236802);
INSERT INTO "pledge_editor" VALUES(3,7,1,1610236802);
INSERT INTO "pledge_editor" VALUES(6,7,0,1610236802);
INSERT INTO "pledge_editor" VALUES(6,8,0,1610236803);
INSERT INTO "pledge_editor" VALUES(6,9,1,1610236801);
INSERT INTO "pledge_editor" VALUES(7,24,1,1620033600);
CREATE TABLE pledge_event (
  id INTEGER PRIMARY KEY,
  pledge INTEGER NOT NULL REFERENCES pledge(id),
  at INTEGER NOT NULL,
  by_whom TEXT NOT NULL,
  kind TEXT NOT NULL,
  detail TEXT NOT NULL          -- JSON
);
INSERT INTO "pledge_event" VALUES(1,1,1610236800,'chat 2100','begun','{}');
INSERT INTO "pledge_event" VALUES(2,2,1610236800,'chat 2100','begun','{}');
INSERT INTO "pledge_event" VALUES(3,2,1610236902,'staff 99','submitted','{}');
INSERT INTO "pledge_event" VALUES(4,3,1610236800,'chat 2100','begun','{}');
INSERT INTO "pledge_event" VALUES(5,3,1610236902,'staff 99','submitted','{}');
INSERT INTO "pledge_event" VALUES(6,3,1610236903,'staff 99','approved','{}');
INSERT INTO "pledge_event" VALUES(7,4,1610236800,'chat 2100','begun','{}');
INSERT INTO "pledge_event" VALUES(8,4,1610236902,'staff 99','submitted','{}');
INSERT INTO "pledge_event" VALUES(9,4,1610236904,'staff 99','rejected','{"reason": "not yet"}');
INSERT INTO "pledge_event" VALUES(10,5,1610236800,'chat 2100','begun','{}');
INSERT INTO "pledge_event" VALUES(11,5,1610236902,'staff 99','submitted','{}');
INSERT INTO "pledge_event" VALUES(12,5,1610236903,'staff 99','approved','{}');
INSERT INTO "pledge_event" VALUES(13,5,1610236906,'staff 99','withdrawn','{}');
INSERT INTO "pledge_event" VALUES(14,6,1610236800,'chat 2100','begun','{}');
INSERT INTO "pledge_event" VALUES(15,6,1610236902,'staff 99','submitted','{}');
INSERT INTO "pledge_event" VALUES(16,6,1610236903,'staff 99','approved','{}');
INSERT INTO "pledge_event" VALUES(17,6,1610237300,'anna','verified','{"method": "staff"}');
INSERT INTO "pledge_event" VALUES(18,6,1610237400,'anna','published','{}');
INSERT INTO "pledge_event" VALUES(19,6,1610237500,'person 9','edited','{"before": {"name": "Plant published"}}');
INSERT INTO "pledge_event" VALUES(20,6,1610237600,'person 9','handles','{"before": []}');
INSERT INTO "pledge_event" VALUES(21,7,1620033600,'person 24','begun','{}');
INSERT INTO "pledge_event" VALUES(22,7,1620033600,'person 24','edited','{"before": {"name": ""}}');
CREATE TABLE pledge_handle (
  pledge INTEGER NOT NULL REFERENCES pledge(id),
  network TEXT NOT NULL,
  name TEXT NOT NULL,
  url TEXT NOT NULL,
  PRIMARY KEY (pledge, network)
) WITHOUT ROWID;
INSERT INTO "pledge_handle" VALUES(6,'x','acme','https://x.com/acme');
CREATE TABLE pledge_invite (
  digest TEXT PRIMARY KEY,      -- of the token, which nobody keeps
  pledge INTEGER NOT NULL REFERENCES pledge(id),
  by_person INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  used INTEGER                  -- when
);
INSERT INTO "pledge_invite" VALUES('020441c5638589a631b0ba7441f1ec3a8bdb39d599ab1864c401eb6bdefbf6a6',6,7,1621242000,NULL);
CREATE TABLE pledge_verification (
  id INTEGER PRIMARY KEY,
  pledge INTEGER NOT NULL REFERENCES pledge(id),
  method TEXT NOT NULL,         -- email or staff
  by_whom TEXT NOT NULL,
  note TEXT NOT NULL,
  at INTEGER NOT NULL
);
INSERT INTO "pledge_verification" VALUES(1,6,'staff','anna','called them',1610237300);
CREATE TABLE profile (
  person INTEGER PRIMARY KEY,
  fields TEXT NOT NULL          -- JSON
);
INSERT INTO "profile" VALUES(7,'{"name": "Ann"}');
CREATE TABLE question (
  id INTEGER PRIMARY KEY,
  channel INTEGER NOT NULL,
  address TEXT NOT NULL,
  language TEXT NOT NULL,
  at INTEGER NOT NULL,
  text TEXT NOT NULL,
  answer TEXT,
  answered_by TEXT,
  answered INTEGER,
  told INTEGER                  -- when the answer reached the person
);
INSERT INTO "question" VALUES(1,1,'2100','fr',1620032400,'How many trees?','Forty.','staff 99',1620032460,NULL);
INSERT INTO "question" VALUES(2,1,'2101','en',1620032401,'Where?',NULL,NULL,NULL,NULL);
CREATE TABLE result (
  occurrence INTEGER NOT NULL,
  channel INTEGER NOT NULL,
  recipient INTEGER NOT NULL,
  at INTEGER NOT NULL,
  receipt TEXT,
  url TEXT,
  error TEXT,
  text TEXT,                    -- of a post, as it left
  PRIMARY KEY (occurrence, channel, recipient)
) WITHOUT ROWID;
INSERT INTO "result" VALUES(1,1,18,1620032405,'r5','https://t.me/5',NULL,NULL);
INSERT INTO "result" VALUES(1,1,19,1620032405,NULL,NULL,'why failed',NULL);
INSERT INTO "result" VALUES(1,1,20,1620032405,NULL,NULL,'why skipped',NULL);
INSERT INTO "result" VALUES(1,1,22,1620032405,NULL,NULL,'why uncertain',NULL);
CREATE TABLE sample (
  id INTEGER PRIMARY KEY,
  tag TEXT NOT NULL,            -- in the form in which hashtags are compared
  beside TEXT NOT NULL,         -- counted only together with this campaign hashtag; '' for a campaign hashtag itself
  network TEXT NOT NULL,
  source TEXT NOT NULL,         -- the server or servers asked
  query TEXT NOT NULL,          -- exactly what was asked
  start INTEGER NOT NULL,
  stop INTEGER NOT NULL,        -- not in the window
  resolution INTEGER NOT NULL,  -- seconds
  reposts INTEGER NOT NULL,     -- whether they are in `uses`
  collected INTEGER NOT NULL,
  uses INTEGER NOT NULL,
  boosts INTEGER,               -- null: the source doesn't tell
  authors INTEGER,              -- different ones; null: not known
  pledgers INTEGER,             -- uses by pledge-makers; null: not known
  blind TEXT NOT NULL           -- JSON: what the source can't see
);
INSERT INTO "sample" VALUES(1,'tag','','mastodon','m.example','tag=Tag',1619827200,1619913600,86400,0,1619917200,12,3,9,2,'["other servers"]');
INSERT INTO "sample" VALUES(2,'labourday','tag','x','api.x.com','#tag #labourday',1619827200,1619913600,3600,1,1619920800,4,NULL,NULL,NULL,'[]');
CREATE TABLE sheet (
  owner TEXT NOT NULL,          -- pledge or person
  number INTEGER NOT NULL,
  campaign TEXT NOT NULL,
  form TEXT NOT NULL,
  answers TEXT NOT NULL,        -- JSON
  changed INTEGER NOT NULL,
  finished INTEGER,
  PRIMARY KEY (owner, number, campaign, form)
) WITHOUT ROWID;
INSERT INTO "sheet" VALUES('pledge',6,'trees','scale_up','{"reach": "40"}',1618444800,NULL);
CREATE TABLE tick (
  person INTEGER NOT NULL,
  campaign TEXT NOT NULL,
  action TEXT NOT NULL,
  slot INTEGER NOT NULL,
  done INTEGER NOT NULL,        -- 0: left out
  at INTEGER NOT NULL,
  PRIMARY KEY (person, campaign, action, slot)
) WITHOUT ROWID;
INSERT INTO "tick" VALUES(7,'trees','deed',202100,1,1610237000);
INSERT INTO "tick" VALUES(7,'trees','prompt-may',202100,0,1610237100);
CREATE TABLE tombstone (digest TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO "tombstone" VALUES('0f9931ee2ab8186bc1aa06801aaeabb7e9edc6e2fd797cf30ecd4eda2b14c87e',1620032400);
INSERT INTO "tombstone" VALUES('3b6e599712505a353df6629b2096392106dc64dcedb2a679a1eef7444bb5078a',1610236830);
INSERT INTO "tombstone" VALUES('9f3b13c1947310c6ee9878cf28eb449ab68cc0e45d921e780b84e523460da68d',1620032500);
INSERT INTO "tombstone" VALUES('a81bea988d7ad97f42044d914eb7a68bdb8e9c85ec7f73cfa8264812cbb32e83',1620032600);
CREATE TABLE wave (
  id INTEGER PRIMARY KEY,
  occurrence INTEGER NOT NULL REFERENCES occurrence(id),
  place INTEGER NOT NULL REFERENCES place(id),
  due INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  after INTEGER NOT NULL DEFAULT 0,     -- people up to this id have their row
  done INTEGER NOT NULL DEFAULT 0,
  UNIQUE (occurrence, place)
);
INSERT INTO "wave" VALUES(1,1,1,1620032400,1620075600,23,1);
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE INDEX person_place ON person (place, id, status, joined, named_only);
CREATE INDEX occurrence_opens ON occurrence (opens);
CREATE INDEX occurrence_closes ON occurrence (closes);
CREATE INDEX wave_due ON wave (due) WHERE done = 0;
CREATE INDEX wave_going ON wave (occurrence, due) WHERE done = 0;
CREATE INDEX delivery_going ON delivery (channel, due) WHERE state IN (3, 4);
CREATE INDEX delivery_waiting ON delivery (due) WHERE state IN (1, 2, 9);
CREATE UNIQUE INDEX alert_open ON alert (kind, subject) WHERE closed IS NULL;
CREATE INDEX sample_tag ON sample (tag, start);
CREATE INDEX sample_beside ON sample (beside, start) WHERE beside <> '';
CREATE INDEX sample_window ON sample (tag, beside, network, source, query, start, stop, reposts, id);
CREATE TRIGGER sample_not_changed BEFORE UPDATE ON sample BEGIN SELECT RAISE(ABORT, 'samples are only ever added'); END;
CREATE TRIGGER sample_not_deleted BEFORE DELETE ON sample BEGIN SELECT RAISE(ABORT, 'samples are only ever added'); END;
CREATE INDEX question_address ON question (channel, address);
CREATE INDEX question_open ON question (id) WHERE told IS NULL;
CREATE INDEX flag_address ON flag (channel, address);
CREATE INDEX flag_untold ON flag (id) WHERE told IS NULL;
CREATE INDEX pledge_state ON pledge (campaign, state);
CREATE INDEX pledge_editor_person ON pledge_editor (person);
CREATE INDEX pledge_verification_pledge ON pledge_verification (pledge);
CREATE INDEX pledge_event_pledge ON pledge_event (pledge, id);
CREATE INDEX oneoff_open ON oneoff (id) WHERE done = 0;
CREATE INDEX notice_waiting ON notice (id) WHERE gone IS NULL;
CREATE INDEX notice_name ON notice (name);
CREATE INDEX amplification_state ON amplification (state);
CREATE INDEX amplification_pledge ON amplification (pledge, done);
CREATE INDEX amplification_answer_of ON amplification_answer (amplification);
CREATE INDEX official_pledge ON official (pledge);
CREATE INDEX official_person ON official (person);
CREATE INDEX official_asker ON official (asker);
COMMIT;
