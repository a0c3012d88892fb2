"""The table of commands: where each is, and what lists say of it."""

from typing import NamedTuple


class Command(NamedTuple):
    """A command of the command line."""

    #: one word, or two: that of a group and its own
    name: str
    #: its file, below `bot.cli`
    module: str
    #: the function in that file which is the command
    function: str
    #: what lists of commands say of it; its own help is the function's docstring
    help: str


COMMANDS = (
    Command(
        "check",
        "campaigns.check",
        "check",
        "Tell every problem of config, campaigns and content at once.",
    ),
    Command(
        "links",
        "campaigns.links",
        "links",
        "Ask the pages of others to which campaigns lead whether they answer.",
    ),
    Command(
        "calendar",
        "campaigns.calendar",
        "calendar",
        "List a campaign's actions, or write them as a calendar file.",
    ),
    Command(
        "review",
        "campaigns.review",
        "review",
        "Show what was done in a campaign's year, or write it as one HTML file.",
    ),
    Command(
        "preview",
        "campaigns.calendar",
        "preview",
        "Show a text as each network would show it.",
    ),
    Command(
        "rehearse",
        "rehearsal.rehearse",
        "rehearse",
        "Play a campaign on a simulated clock; nothing leaves.",
    ),
    Command(
        "run",
        "operations.run",
        "run",
        "Run the active campaigns until stopped.",
    ),
    Command(
        "cards",
        "campaigns.cards",
        "cards",
        "Write the cards of campaigns: pictures made of their words.",
    ),
    Command(
        "serve",
        "campaigns.serve",
        "serve",
        "Show the campaigns' public pages, also while you write them.",
    ),
    Command(
        "chat",
        "people.chat",
        "chat",
        "Talk to the bot in this terminal; no token needed.",
    ),
    Command(
        "reload",
        "operations.run",
        "reload",
        "Let a running drumbeat read its data again, if they are clean.",
    ),
    Command(
        "status",
        "operations.status",
        "status",
        "Say how things are, and what needs somebody.",
    ),
    Command(
        "resume",
        "operations.status",
        "resume",
        "Let a channel go on that is paused, or rests.",
    ),
    Command(
        "plan",
        "planning.plan",
        "plan",
        "Say what an edit of the data would add, move and cancel.",
    ),
    Command("outbox", "sending.outbox", "outbox", "List what waits, was sent, or failed."),
    Command(
        "outbox approve",
        "sending.outbox",
        "approve",
        "Let these texts go out as they stand now.",
    ),
    Command("clearances", "staff.clearing", "clearances", "List links for clearance that wait."),
    Command("clearances revoke", "staff.clearing", "revoke", "Let a link open nothing any more."),
    Command("clearances erase", "staff.clearing", "erase", "Delete the names of a clearance."),
    Command("outbox clear", "staff.clearing", "post", "Have a post cleared by a link."),
    Command("outbox cancel", "sending.outbox", "cancel", "Never send these."),
    Command("outbox move", "sending.outbox", "move", "Let these posts go out at another hour."),
    Command(
        "outbox release",
        "sending.outbox",
        "release",
        "Send these at once: what is uncertain, was skipped as too late, or failed.",
    ),
    Command(
        "outbox arrived",
        "sending.outbox",
        "arrived",
        "Say that these are there, where nobody knew whether they arrived.",
    ),
    Command(
        "outbox retract",
        "sending.outbox",
        "retract",
        "Stop these, delete those already out where the network can.",
    ),
    Command(
        "hold",
        "sending.holds",
        "hold",
        "Stop everything, a channel, a country or an action, at once.",
    ),
    Command("release", "sending.holds", "release", "Let what was held go on."),
    Command(
        "hashtags",
        "counting.hashtags",
        "hashtags",
        "Show how often the hashtags were used, and what can't be said.",
    ),
    Command(
        "results",
        "results.results",
        "results",
        "Show what people did with our posts, and what nobody can know.",
    ),
    Command(
        "monthly",
        "results.monthly",
        "monthly",
        "Say what became of a month's posts, or write it as a PDF to pass on.",
    ),
    Command("cost", "counting.cost", "cost", "Say what the channels cost."),
    Command(
        "contacts import",
        "people.contacts",
        "import_",
        "Take people met by e-mail, or rooms on chat services, from a CSV file.",
    ),
    Command(
        "contacts list",
        "people.contacts",
        "list_",
        "List contacts, and whether they have agreed.",
    ),
    Command(
        "contacts unblock",
        "people.contacts",
        "unblock",
        "List whom nothing reached, or write to them again.",
    ),
    Command(
        "contacts export",
        "people.contacts",
        "export",
        "Write all that is stored about a contact.",
    ),
    Command("contacts remove", "people.contacts", "remove", "Forget a contact."),
    Command(
        "helpline add",
        "people.helplines",
        "add",
        "Write down a child helpline, or that you looked at one again.",
    ),
    Command(
        "helpline list",
        "people.helplines",
        "list_",
        "List child helplines, who looked at each, and when.",
    ),
    Command("pledges import", "pledges.pledges", "import_", "Take pledges from a CSV file."),
    Command("pledges list", "pledges.pledges", "list_", "List pledges, and where they stand."),
    Command("pledges report", "pledges.pledges", "report", "Report a milestone, or show a pledge."),
    Command("pledges clear", "staff.clearing", "pledge", "Have a pledge cleared by a link."),
    Command(
        "pledges approve",
        "pledges.deciding",
        "approve",
        "Approve a pledge, or a change of one, as you have read it.",
    ),
    Command("pledges return", "pledges.deciding", "return_", "Send a pledge back with a reason."),
    Command(
        "pledges verify",
        "pledges.deciding",
        "verify",
        "Note that a pledge comes from whom it names.",
    ),
    Command("pledges publish", "pledges.deciding", "publish", "Make an approved pledge public."),
    Command("pledges write", "pledges.deciding", "write", "Write to those who edit a pledge."),
    Command(
        "pledges matches",
        "pledges.matching",
        "matches",
        "List pledges whose makers might work together.",
    ),
    Command(
        "pledges introduce",
        "pledges.matching",
        "introduce",
        "Ask two makers whether they want to know each other.",
    ),
    Command(
        "pledges scale-up",
        "pledges.pledges",
        "scale_up",
        "Show a scale-up result, or decide who may see it.",
    ),
    Command(
        "inbox list",
        "inbox.inbox",
        "list_",
        "List what people ask, in the chat and in posts with the hashtag.",
    ),
    Command("inbox answer", "inbox.inbox", "answer", "Answer a question from the chat."),
    Command("inbox drop", "inbox.inbox", "drop", "Delete a post that asks something."),
    Command("inbox reply", "inbox.inbox", "reply", "Answer a post in public, after the checklist."),
    Command(
        "mailbox list",
        "inbox.mailbox",
        "list_",
        "List whose letters come back, and why.",
    ),
    Command(
        "mailbox read",
        "inbox.mailbox",
        "read",
        "Say what a message is: a bounce, an answer, a person's words.",
    ),
    Command(
        "amplify list",
        "amplify.amplify",
        "list_",
        "List posts and links of pledge-makers that wait for a look.",
    ),
    Command(
        "amplify approve",
        "amplify.amplify",
        "approve",
        "Answer the checklist for a post or link.",
    ),
    Command(
        "amplify reject",
        "amplify.amplify",
        "reject",
        "Never amplify these.",
    ),
    Command(
        "amplify withdraw",
        "amplify.amplify",
        "withdraw",
        "Take back what somebody no longer consents to.",
    ),
    Command(
        "broadcasts",
        "sending.broadcasts",
        "broadcasts",
        "List broadcasts that may leave faster for a price.",
    ),
    Command(
        "broadcasts pay",
        "sending.broadcasts",
        "pay",
        "Pay for the faster pace of a broadcast.",
    ),
    Command(
        "broadcasts free",
        "sending.broadcasts",
        "free",
        "Let a broadcast leave at the free pace.",
    ),
    Command(
        "broadcasts cancel",
        "sending.broadcasts",
        "cancel",
        "Send nothing more of a broadcast.",
    ),
    Command(
        "packs",
        "sending.packs",
        "packs",
        "Give what is to be posted by hand.",
    ),
    Command(
        "packs posted",
        "sending.packs",
        "posted",
        "Say that you posted it, and where.",
    ),
    Command(
        "new config",
        "campaigns.new",
        "new_config",
        "Write a config.toml that explains every setting.",
    ),
    Command(
        "new campaign",
        "campaigns.new",
        "new_campaign",
        "Begin a campaign of your own.",
    ),
    Command(
        "new language",
        "campaigns.new",
        "new_language",
        "Begin a translation: every file, with what is to be translated marked.",
    ),
    Command(
        "new words",
        "campaigns.new",
        "new_words",
        "Say other words than the bot does: each text that says them, marked.",
    ),
    Command(
        "backup",
        "operations.backup",
        "backup",
        "Copy the database, also while it is in use.",
    ),
    Command(
        "restore",
        "operations.backup",
        "restore",
        "Bring a backup back, and look up what may have left since.",
    ),
    Command(
        "move",
        "operations.move",
        "move",
        "Copy the database whole into an empty one, compared row by row.",
    ),
    Command(
        "clock trust",
        "operations.clock",
        "trust",
        "Believe the machine's clock at once, after it jumped.",
    ),
    Command(
        "keys show",
        "operations.keys",
        "show",
        "Say where the keys lie, by their fingerprints.",
    ),
    Command(
        "keys rotate",
        "operations.keys",
        "rotate",
        "Sign links in letters with a new key.",
    ),
    Command(
        "keys new",
        "operations.keys",
        "new",
        "Go on where the keys are lost for good.",
    ),
    Command(
        "webhooks",
        "webhooks.webhooks",
        "webhooks",
        "List those who are told what happens, and whether they take it.",
    ),
    Command(
        "webhooks test",
        "webhooks.webhooks",
        "try_out",
        "Send a webhook a message, to see whether it arrives.",
    ),
    Command(
        "webhooks again",
        "webhooks.webhooks",
        "again",
        "Send a webhook once more what was given up.",
    ),
    Command(
        "login-link",
        "staff.login_link",
        "login_link",
        "Print a link that opens the desk in the browser for a member of staff.",
    ),
    Command(
        "staff",
        "staff.members",
        "members",
        "List who works with the bot, with their roles, and how they can come.",
    ),
    Command(
        "staff add",
        "staff.members",
        "add",
        "Let somebody work with the bot.",
    ),
    Command(
        "staff remove",
        "staff.members",
        "remove",
        "Let somebody work with the bot no longer.",
    ),
    Command(
        "staff forget",
        "staff.members",
        "forget",
        "Take the name of a member of staff off what they did.",
    ),
    Command(
        "audit",
        "staff.audit",
        "audit",
        "List who did what, the newest first.",
    ),
    Command(
        "mcp",
        "staff.mcp",
        "mcp",
        "Let a language model's program read, and suggest texts.",
    ),
    Command(
        "staff token",
        "staff.tokens",
        "token",
        "Make a token by which a program acts for a member of staff.",
    ),
    Command(
        "staff tokens",
        "staff.tokens",
        "tokens",
        "List the tokens of programs.",
    ),
    Command(
        "staff revoke",
        "staff.tokens",
        "revoke",
        "End a token.",
    ),
    Command(
        "doctor",
        "operations.doctor",
        "doctor",
        "Look at secrets, tokens, clock, zones, database and disk.",
    ),
)

GROUPS = {
    "inbox": "What people ask.",
    "amplify": "Posts of pledge-makers, and what staff decide about them.",
    "clock": "The machine's clock, and whether it is believed.",
    "contacts": "People who are met by e-mail, and rooms on chat services.",
    "helpline": "Child helplines of countries.",
    "keys": "The keys that sign links and know who was forgotten.",
    "mailbox": "What comes to the mailbox for reports and answers.",
    "new": "Begin something new.",
    "pledges": "Promises and their milestones.",
}
"""What help says of the groups that are no commands themselves."""
