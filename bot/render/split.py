"""Messages of the chat that were one block with conditions once, and are several blocks now.

A root's own template may still have the old block; it is used for one more release.
"""

from collections.abc import Mapping

_SPLIT = {
    "alerts.amplification": ("amplification_ceiling amplification_uncertain amplification_failed"),
    "alerts.amplify": "amplify_fails",
    "alerts.ceiling": "ceiling_reached ceiling_reached_usd ceiling_then",
    "alerts.chat": "chat_safeguarding chat_conflict chat_trouble",
    "alerts.clock": "clock_shown clock_jumped clock_waits clock_then",
    "alerts.job": "job_named job_database",
    "alerts.link": "link_fails link_empty link_needed link_then",
    "alerts.paused": "paused_at_once paused_failures paused_then",
    "alerts.rests": "rests_head rests_then",
    "alerts.retract": "retract_there retract_then",
    "alerts.surge": "surge_counted surge_uncounted surge_then",
    "alerts.token": "token_head token_then",
    "alerts.unpaid": "unpaid_head unpaid_then",
    "alerts.uncertain": (
        "uncertain_unanswered uncertain_restored uncertain_posts uncertain_people "
        "uncertain_then uncertain_over"
    ),
    "alerts.results": "results_refused",
    "amplify.approved": "approved_post approved_link",
    "amplify.card": (
        "card_post card_link card_media card_unseen card_second_mine card_second "
        "card_was_blocked card_count card_whole"
    ),
    "amplify.told": "told_quote told_boost",
    "ask.too_long": "text_too_long text_empty",
    "events.told_moved": "moved_head moved_was moved_stays",
    "help.help": "help_title help_command help_waiting",
    "help.text": "text_subscribed text_stranger",
    "introduction.ask": "ask_whom ask_page ask_reason ask_then",
    "introduction.details": "details_head detail",
    "introduction.told": "told_head told_detail told_then",
    "packs.card": (
        "card_head card_paused card_dry card_none flaw_long flaw_picture flaw_hashtags "
        "flaw_link flaw_alt flaw_text card_picture card_text"
    ),
    "packs.list": "list_head list_post list_pack list_more",
    "pledge.bad_name": "name_too_long name_empty",
    "pledge.card": (
        "card_name card_organisation card_organisation_group card_draft card_submitted "
        "card_approved card_approved_pending card_published card_published_pending "
        "card_rejected card_withdrawn card_unverified card_letter card_steps card_next "
        "card_paused card_ended"
    ),
    "pledge.choosing": "choosing_head choosing_question choosing_example",
    "pledge.consent": "consent_alone consent_named",
    "pledge.history": "history_head history_line history_detail",
    "pledge.list": "list_head list_pledge list_pledge_state",
    "pledge.organisation": "organisation_organization organisation_country organisation_region",
    "pledge.suggestions": (
        "suggestions_to suggestions_to_all suggestions_line suggestions_none suggestions_then"
    ),
    "pledge_form.accounts": "accounts_head accounts_network accounts_so_far account",
    "pledge_form.accounts_kept": "accounts_kept_head account_kept",
    "pledge_form.bad_accounts": "bad_account bad_account_network bad_accounts_again",
    "pledge_form.kept": "kept_counted kept_uncounted",
    "pledge_form.later": "later_draft later_made",
    "pledge_form.preview": (
        "preview_head preview_head_of preview_answer preview_hints preview_hint preview_public"
    ),
    "pledge_form.question": "question_ask question_help question_before question_words",
    "pledge_form.submitted": (
        "submitted_thanks submitted_unverified submitted_letter submitted_speaks submitted_steps"
    ),
    "pledge_form.written": "written_head written_action written_then",
    "pledge_form.wrong": "wrong_words wrong_long wrong_empty wrong_choice wrong_link",
    "pledge_journey.done": "done_linked done_unlinked",
    "pledge_journey.link": "link_group link_private",
    "pledge_journey.no_day": "no_day_past no_day_far no_day_unread",
    "pledge_journey.past": "past_head past_step",
    "pledge_journey.pause": "pause_group pause_private",
    "pledge_journey.status": "status_paused status_ended status_news status_active",
    "pledge_journey.year": (
        "year_name year_steps year_ahead year_step year_over year_past year_page"
    ),
    "pledge_scale_up.finished": "finished_head finished_line finished_public",
    "pledge_scale_up.question": "question_step question_ask question_help question_before",
    "pledge_staff.approved": "approved_told approved_untold approved_unverified",
    "pledge_staff.card": (
        "card_head card_head_of card_head_group card_answer card_answer_before card_account "
        "card_pending card_verified_email card_verified_staff card_unverified card_individual "
        "card_declined card_lost_arrows card_lost_invite card_nobody card_result_waits "
        "card_result_shown card_result_private"
    ),
    "pledge_staff.published": "published_told published_untold page_at",
    "pledge_staff.queue": "queue_head queue_pledge queue_pledge_of",
    "pledge_staff.reason": "reason_edit reason_new",
    "pledge_staff.rejected": "rejected_edit rejected_new rejected_untold",
    "pledge_staff.result": (
        "result_head card_answer result_waits result_shown result_private result_early"
    ),
    "pledge_staff.revealed": "revealed_told revealed_untold page_at",
    "pledge_staff.told": (
        "told_approved_verified told_approved_unverified told_published "
        "told_published_at told_result_shown told_result_shown_at told_result_hidden "
        "told_result_changed "
        "told_verified_approved told_verified_waits told_returned_chat "
        "told_returned_contact told_returned told_rejected_chat told_rejected_contact told_rejected"
    ),
    "pledge_team.editors": "editors_head editor editors_focal",
    "pledge_team.ended": "ended_deleted ended_draft ended_withdrawn",
    "pledge_team.invitation": "invitation_group invitation_person",
    "pledge_team.joined": (
        "joined_group_named_of joined_group_named joined_group_of joined_group "
        "joined_person_named_of joined_person_named joined_person_of joined_person "
        "joined_focal"
    ),
    "pledge_team.sure_end": (
        "sure_end_deleted_named sure_end_deleted sure_end_draft sure_end_withdrawn"
    ),
    "pledge_team.taken_over": "taken_over_named taken_over_unnamed",
    "pledge_team.told_focal": (
        "told_focal_named told_focal_unnamed told_focal_named_news told_focal_unnamed_news"
    ),
    "pledge_team.told_joined": "told_joined_named told_joined_unnamed",
    "pledge_team.told_unreachable": (
        "told_unreachable_named_chat told_unreachable_named_contact told_unreachable_named "
        "told_unreachable_unnamed_chat told_unreachable_unnamed_contact "
        "told_unreachable_unnamed"
    ),
    "pledge_verify.ask": "ask_address ask_bounced ask_waits",
    "pledge_verify.no": (
        "no_shape no_free no_left no_often no_today_letter no_today_bounced no_today_unknown "
        "no_many no_enough no_closed"
    ),
    "rights.forget": (
        "forget_all forget_written forget_goes forget_with_others forget_with_staff forget_untold"
    ),
    "rights.forgotten": "forgotten_untold forgotten_all",
    "rights.privacy": (
        "privacy_controller privacy_kept privacy_danger privacy_danger_opened privacy_rights "
        "privacy_contact privacy_notice privacy_nothing"
    ),
    "safety.danger": (
        "danger_call danger_line danger_line_hours danger_no_line danger_other_lines "
        "danger_contact danger_contact_group danger_nobody"
    ),
    "safety.flag": "flag_country flag_anywhere flag_page flag_mail",
    "safety.not_passed": (
        "not_passed_numbers not_passed_call danger_line danger_line_hours danger_no_line "
        "danger_other_lines"
    ),
    "safety.sources": "source",
    "safety.too_long": "text_too_long text_empty",
    "settings.audience": "audience_kept audience_kept_group",
    "settings.days_kept": "days_kept_named days_kept_all",
    "settings.settings": (
        "settings_speaks settings_speaks_group settings_place settings_all settings_all_away "
        "settings_named settings_named_away settings_language"
    ),
    "settings.which_place": "which_of_places which_of_many_places",
    "share.share": "share_copied share_tapped",
    "staff.approved_all": "all_approved all_approved_left all_approved_dry",
    "staff.card": (
        "card_head card_head_network card_times card_times_dry card_length card_length_usd "
        "card_thread card_thread_usd card_edited card_own card_cleared card_sent_back "
        "card_not_waiting card_part card_post problem cannot_leave picture"
    ),
    "staff.daily": (
        "daily_head daily_approval daily_uncertain daily_pledges daily_questions "
        "daily_suggestions daily_returned daily_packs daily_asked daily_review daily_journey "
        "daily_paused "
        "daily_token daily_late daily_differs daily_ceiling daily_moved daily_failed "
        "daily_missed daily_lapsed daily_text daily_slot daily_link daily_zone daily_job "
        "daily_clock daily_blind daily_surge daily_results daily_amplify daily_amplification "
        "daily_retract daily_chat_safeguarding daily_chat daily_other daily_more daily_nothing"
    ),
    "staff.does_not_fit": (
        "does_not_fit_head over_characters over_bytes over_caption over_post_characters "
        "over_post_bytes over_post_caption over_emoji over_beside does_not_fit_again"
    ),
    "staff.edit": "edit_thread edit_post edit_new",
    "staff.edited": "edited_post edited_thread",
    "staff.fits_nowhere": "fits_nowhere_head outlet",
    "staff.held": "held_channel held_country held_action held_everything",
    "staff.hold": "hold_now hold_now_everything hold_now_why hold_now_until hold_what",
    "staff.hold_sure": (
        "hold_sure_channel hold_sure_country hold_sure_action hold_sure_everything "
        "hold_sure_campaign hold_sure_language hold_sure_group "
        "hold_sure_reminders"
    ),
    "staff.inbox": "inbox_head inbox_question inbox_more inbox_whole",
    "staff.late": "late_last late_one late_dry",
    "staff.left": "left_post left_url",
    "staff.note": (
        "note_reminder note_still note_contact note_event note_amplified note_digest note_pledge"
    ),
    "staff.planned": "planned_head planned_post planned_more",
    "staff.post_sure": "sure_outlet sure_outlet_network sure_review sure_dry sure_text sure_due",
    "staff.queue": "queue_head queue_post queue_edited queue_more",
    "staff.released": "released_all released_late",
    "staff.scheduled": "scheduled_due scheduled_auto scheduled_dry scheduled_review sure_dry",
    "staff.sheet": (
        "sheet_head sheet_post sheet_post_network sheet_due sheet_thread sheet_length "
        "sheet_usd sheet_dry problem cannot_leave sheet_text picture sheet_no_posts "
        "sheet_recipients sheet_wave sheet_wave_held sheet_wave_late health health_ok health_token "
        "health_since health_since_ok health_since_token sheet_link sheet_no_links sheet_price "
        "sheet_hand"
    ),
    "staff.strayed": (
        "strayed_head strayed_hashtag strayed_link strayed_prescribed strayed_foreign strayed_ask"
    ),
    "staff.stats": (
        "stats_subscribers stats_subscribers_away stats_audience stats_languages stats_zones "
        "stats_item stats_next_item stats_more_zones stats_done stats_action stats_pledges "
        "stats_no_pledges stats_steps stats_hashtags stats_hashtag stats_hashtag_seen "
        "stats_no_hashtags stats_usd"
    ),
    "staff.where": "where_text outlet",
    "staff.which_action": "which_of_actions which_of_many_actions",
    "staff.whom": "whom_all whom_country whom_spoken whom_spoken_country whom_groups whom_count",
    "start.again": "again_hello again_paused again_link",
    "start.consent": "consent_kept consent_controller consent_rights",
    "start.welcome": "welcome_to welcome_hello welcome_about welcome_language",
    "start.younger": "younger_channel younger_calendar",
    "today.calendar": "calendar_month calendar_item",
    "today.card": "card_title card_day tick card_text",
    "today.done": "done_counted done_uncounted",
    "today.nothing": "nothing_now nothing_next nothing_quick",
    "today.progress": "progress_done progress_next progress_over",
    "today.quick": "quick_head quick_item",
    "today.several": "several_head several_item several_more",
    "uncertain.arrived": "done_arrived still",
    "uncertain.leave": "done_leave still",
    "uncertain.list": "list_head list_post list_people list_more",
    "uncertain.people": "people_left people_ways",
    "uncertain.post": "head head_network post_left asked post_ways post_whole",
    "uncertain.send": "done_send done_send_dry still",
    "uncertain.sure": "sure_people sure_post sure_dry",
}

SPLIT: Mapping[str, tuple[str, ...]] = {name: tuple(new.split()) for name, new in _SPLIT.items()}
"""The blocks that now stand for an old one, by its file and name ('file.block')."""

_BEFORE = {
    (name.partition(".")[0], block): name.partition(".")[2]
    for name, blocks in SPLIT.items()
    for block in blocks
}


def before(file: str, block: str) -> str | None:
    """Return the name of the old block that this block was a part of; None for all others."""
    return _BEFORE.get((file, block))
