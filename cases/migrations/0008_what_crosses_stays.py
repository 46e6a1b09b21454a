"""What a share shows is never rewritten, and never taken out once the share was open: refused to everybody."""

from django.db import migrations

FUNCTION = """
create function refuse_rewriting() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and (old.share_id, old.item_id, old.version_id, old.content, old.sha256, old.withheld)
        is not distinct from (new.share_id, new.item_id, new.version_id, new.content, new.sha256, new.withheld) then
        return new;
    end if;
    -- Asked again, a share that nobody has seen yet is frozen anew.
    if tg_op = 'DELETE' and not exists (
        select from cases_share where id = old.share_id and state in ('approved', 'revoked')
    ) then
        return old;
    end if;
    raise exception 'what a share shows is not rewritten' using errcode = 'insufficient_privilege';
end $$;
"""
TRIGGERS = """
create trigger not_rewritten before update or delete on cases_shareitem
    for each row execute function refuse_rewriting();
create trigger append_only_table before truncate on cases_shareitem
    for each statement execute function refuse_change();
"""
UNDO = "drop trigger not_rewritten on cases_shareitem; drop trigger append_only_table on cases_shareitem;"


class Migration(migrations.Migration):
    """After the table, and after the function that refuses any change."""

    dependencies = [("cases", "0007_shares_of_steps"), ("audit", "0002_append_only")]

    operations = [
        migrations.RunSQL(FUNCTION, "drop function refuse_rewriting();"),
        migrations.RunSQL(TRIGGERS, UNDO),
    ]
