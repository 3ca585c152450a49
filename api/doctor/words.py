"""What each finding means and what to do about it, in English and Chinese."""

from typing import Literal

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")

Said = dict[Language, tuple[str, str]]
"""What was found and what it means; the remedy, empty where nothing is to be done."""


def _said(en: str, en_remedy: str, zh: str, zh_remedy: str) -> Said:
    return {"en": (en, en_remedy), "zh": (zh, zh_remedy)}


HOME = {
    "home_there": _said("{home} is there and may be written.", "", "{home} 存在且可写。", ""),
    "home_none": _said(
        "{home} is not there yet: no ledger was opened on this machine.",
        "Run meritbook init or meritbook serve, or set MERITBOOK_HOME to where it is.",
        "{home} 还不存在：这台机器上还没有开立账本。",
        "运行 meritbook init 或 meritbook serve，或把 MERITBOOK_HOME 设为它所在之处。",
    ),
    "home_closed": _said(
        "{home} cannot be read and written by this user, so nothing can start.",
        "Run as the user of the service, or give that user the directory with chown.",
        "当前用户不能读写 {home}，什么都无法启动。",
        "请以服务的用户运行，或用 chown 把该目录交给那个用户。",
    ),
    "secrets_closed": _said("Nobody else may read keys or tokens.", "", "其他用户读不到密钥和令牌。", ""),
    "secrets_open": _said(
        "Others of this machine may read {files}: whoever has read a key can forge or decipher.",
        "Run chmod 600 on them, then rotate what may have been read.",
        "本机其他用户能读取 {files}：读到密钥的人可以伪造或解密。",
        "对它们运行 chmod 600，然后轮换可能已被读取的密钥。",
    ),
    "home_open": _said(
        "Others may write into {home}, and so put keys of their own there.",
        "Run chmod go-w {home}.",
        "其他用户可以写入 {home}，也就能放入自己的密钥。",
        "运行 chmod go-w {home}。",
    ),
    "disk_has_room": _said(
        "{free} GiB are free ({share} %) at {place}.", "", "{place} 还有 {free} GiB 可用（{share} %）。", ""
    ),
    "disk_nearly_full": _said(
        "Only {free} GiB are free ({share} %) at {place}; a full disk stops writing.",
        "Make room or enlarge the disk soon; old exports and backups may move elsewhere.",
        "{place} 只剩 {free} GiB（{share} %）；磁盘满了就不能再写入。",
        "请尽快腾出空间或扩容；旧的导出和备份可以移到别处。",
    ),
    "disk_full": _said(
        "Only {free} GiB are free ({share} %) at {place}: facts are about to be answered with 507.",
        "Make room now; nothing has to be restarted.",
        "{place} 只剩 {free} GiB（{share} %）：写入即将被 507 拒绝。",
        "请立即腾出空间；无需重启。",
    ),
    "master_key_there": _said("The master key can be read.", "", "主密钥可读。", ""),
    "master_key_none": _said(
        "There is no master key yet; one is made with the ledger.",
        "Nothing, if no ledger was opened; else put it back from its copy.",
        "还没有主密钥；开立账本时会生成。",
        "若账本尚未开立则无需处理；否则请从副本放回。",
    ),
    "master_key_other": _said(
        "Names are under the master key {fingerprint}, which is not here: nobody's name can be read.",
        "Put that key back from its copy, as docs/howto/privacy.md says.",
        "姓名用主密钥 {fingerprint} 加密，而它不在这里：谁的姓名都读不出来。",
        "按 docs/howto/privacy.md 从副本放回该密钥。",
    ),
    "key_unusable": _said("{why}", "{remedy}", "密钥不可用：{why}", "{remedy}"),
    "seal_off": _said(
        "MERITBOOK_SEAL=off: another service signs.", "", "MERITBOOK_SEAL=off：由另一个服务签署。", ""
    ),
    "seal_key_there": _said("The seal's key can be read: {key}.", "", "封印密钥可读：{key}。", ""),
    "seal_key_none": _said(
        "There is no key for the seal yet; the first seal makes one.",
        "Nothing, if nothing was sealed; else put seal/ back from its copy.",
        "还没有封印密钥；第一次封印时会生成。",
        "若从未封印则无需处理；否则请从副本放回 seal/。",
    ),
    "backups_unknown": _said(
        "Where backups are was not said, so their age is not known.",
        "Name the directory: meritbook doctor --backups /var/backups/meritbook.",
        "没有说明备份在哪里，因此不知道备份有多旧。",
        "请指明目录：meritbook doctor --backups /var/backups/meritbook。",
    ),
    "backups_none": _said(
        "There is no backup of this ledger in {place}.",
        "Run meritbook backup {place}, and every night from then on (docs/howto/back-up.md).",
        "{place} 里没有这个账本的备份。",
        "运行 meritbook backup {place}，此后每夜一次（docs/howto/back-up.md）。",
    ),
    "backup_damaged": _said(
        "{backup} cannot be read as a backup.",
        "Take another one now, and look at the disk that it lies on.",
        "{backup} 不能作为备份读取。",
        "请立即另做一份，并检查它所在的磁盘。",
    ),
    "backup_old": _said(
        "The newest backup is {hours} hours old: {backup}, up to position {position}.",
        "See why the nightly one did not run: systemctl status meritbook-backup.timer.",
        "最新的备份已有 {hours} 小时：{backup}，到位置 {position}。",
        "查看夜间备份为何没有运行：systemctl status meritbook-backup.timer。",
    ),
    "backup_new": _said(
        "The newest backup is {hours} hours old and goes up to position {position}: {backup}.",
        "",
        "最新的备份有 {hours} 小时，到位置 {position}：{backup}。",
        "",
    ),
    "base_old": _said(
        "The newest base backup is {hours} hours old: {backup}, up to position {position}.",
        "Take one every week, for all WAL since is read when it comes back: meritbook base-backup {place}.",
        "最新的基础备份已有 {hours} 小时：{backup}，到位置 {position}。",
        "请每周做一次，恢复时要读取此后的全部预写日志：meritbook base-backup {place}。",
    ),
    "keys_copy_unknown": _said(
        "Where a copy of the keys is was not said. A backup without them has no names and proves nothing.",
        "Copy master.key and seal/ of {home} apart from the backups, and name it: --keys-copy DIRECTORY.",
        "没有说明密钥的副本在哪里。没有密钥的备份读不出姓名，也无法证明什么。",
        "把 {home} 的 master.key 和 seal/ 另存一处（不与备份同处），并指明：--keys-copy 目录。",
    ),
    "keys_copy_lacks": _said(
        "{place} does not hold {files} as they are now.",
        "Copy them there again; keys change when they are rotated.",
        "{place} 里没有当前的 {files}。",
        "请重新复制；密钥轮换后会改变。",
    ),
    "keys_copy_whole": _said(
        "All {number} keys stand in {place} too.", "", "{number} 把密钥在 {place} 都有副本。", ""
    ),
}

SERVER = {
    "database_none": _said(
        "{home} has no database yet, and MERITBOOK_DATABASE_URL names none.",
        "Run meritbook init, or set MERITBOOK_DATABASE_URL.",
        "{home} 还没有数据库，MERITBOOK_DATABASE_URL 也没有指明。",
        "运行 meritbook init，或设置 MERITBOOK_DATABASE_URL。",
    ),
    "database_at_rest": _said(
        "The embedded server was at rest, as nobody uses it; it runs for this look only.",
        "",
        "内置服务器处于停止状态（无人使用）；仅为本次检查启动。",
        "",
    ),
    "database_does_not_start": _said(
        "The embedded server does not start. {why}", "{remedy}", "内置服务器无法启动。{why}", "{remedy}"
    ),
    "database_away": _said(
        "The database does not answer: {why}",
        "Start it, or mend MERITBOOK_DATABASE_URL; the service finds it again by itself.",
        "数据库没有应答：{why}",
        "请启动它，或修正 MERITBOOK_DATABASE_URL；服务会自行重新连上。",
    ),
    "database_answers": _said("PostgreSQL {version} answers.", "", "PostgreSQL {version} 有应答。", ""),
    "database_too_old": _said(
        "PostgreSQL {version} is older than 15, which is the oldest that is tried.",
        "Upgrade the server.",
        "PostgreSQL {version} 低于 15（经过测试的最低版本）。",
        "请升级服务器。",
    ),
    "setting_off": _said(
        "{setting} is off: what was acknowledged can be lost when the machine stops.",
        "alter system set {setting} = on; then select pg_reload_conf();",
        "{setting} 已关闭：机器停机时，已确认的内容可能丢失。",
        "执行 alter system set {setting} = on; 再执行 select pg_reload_conf();",
    ),
    "encoding_other": _said(
        "The database is encoded in {encoding}; names in any script need UTF8.",
        "Make a database with encoding UTF8 and restore the ledger into it.",
        "数据库编码是 {encoding}；各种文字的姓名需要 UTF8。",
        "新建一个 UTF8 编码的数据库，并把账本恢复进去。",
    ),
    "connections_few": _said(
        "The server takes {most} connections; one process of the service uses up to 20.",
        "Raise max_connections to 100, or put PgBouncer before it.",
        "服务器只接受 {most} 个连接；一个服务进程最多用 20 个。",
        "把 max_connections 提高到 100，或在前面加 PgBouncer。",
    ),
    "settings_sound": _said(
        "What is acknowledged is on the disk; {most} connections.",
        "",
        "已确认的内容均已落盘；{most} 个连接。",
        "",
    ),
    "clocks_agree": _said(
        "This machine and the database agree on the time.", "", "本机与数据库的时间一致。", ""
    ),
    "clocks_apart": _said(
        "This machine and the database are {seconds} s apart; times of recording follow this machine.",
        "Let both follow NTP: timedatectl set-ntp true.",
        "本机与数据库的时间相差 {seconds} 秒；记录时间以本机为准。",
        "让两者都与 NTP 同步：timedatectl set-ntp true。",
    ),
    "clock_was_ahead": _said(
        "The last fact was recorded at {instant}, which is still to come: the clock was ahead.",
        "Set the clock right; times of recording stand still until it has caught up.",
        "最后一条事实记录于 {instant}，尚未到来：时钟曾经超前。",
        "请校准时钟；在时间追上之前，记录时间不再前进。",
    ),
    "zones_known": _said(
        "The server knows the zones of business days.", "", "服务器认识业务日所用的时区。", ""
    ),
    "zones_none": _said(
        "The server does not know the zone Asia/Shanghai: it has no time zone data.",
        "Install tzdata where the server runs.",
        "服务器不认识时区 Asia/Shanghai：缺少时区数据。",
        "在服务器上安装 tzdata。",
    ),
    "archive_goes_on": _said("The server archives its write-ahead log.", "", "服务器正在归档预写日志。", ""),
    "archive_fails": _said(
        "The server has not archived {file} since {since}: the log grows until the disk is full.",
        "See its log for archive_command: most often that disk is full, or not the server's to write.",
        "服务器自 {since} 起未能归档 {file}：日志会一直增长到磁盘写满。",
        "查看服务器日志中的 archive_command：多半是归档盘已满，或服务器无权写入。",
    ),
    "check_failed": _said(
        "This could not be looked at: {why}",
        "Let this user read the ledger, or run it with the service's address.",
        "这一项无法检查：{why}",
        "让该用户可以读取账本，或用服务的地址运行。",
    ),
}

LEDGER = {
    "ledger_none": _said(
        "The database answers, and has no ledger {ledger}.",
        "Run meritbook migrate and meritbook init, or set MERITBOOK_LEDGER.",
        "数据库有应答，但没有账本 {ledger}。",
        "运行 meritbook migrate 和 meritbook init，或设置 MERITBOOK_LEDGER。",
    ),
    "migrated": _said(
        "The ledger is in this program's form (migration {number:04d}).",
        "",
        "账本与本程序的格式一致（迁移 {number:04d}）。",
        "",
    ),
    "migrated_by_newer": _said(
        "A newer program has migrated the ledger (to {number:04d}; this one knows {ours:04d}).",
        "Install that version or a later one; a ledger is never taken back.",
        "账本已被更新的程序迁移（到 {number:04d}；本程序只到 {ours:04d}）。",
        "安装那个版本或更新的版本；账本不会倒退。",
    ),
    "migrations_lacking": _said(
        "The ledger lacks {names}; the service does not start.",
        "Run meritbook migrate with this program.",
        "账本缺少 {names}；服务无法启动。",
        "用本程序运行 meritbook migrate。",
    ),
    "ledger_archived": _said(
        "The ledger is archived since {since}: it is read, and takes no more facts.",
        "",
        "账本自 {since} 起已归档：可读，不再接受事实。",
        "",
    ),
    "roles_sound": _said(
        "{role} may read and add facts, never change them.", "", "{role} 只能读取和追加事实，不能修改。", ""
    ),
    "role_none": _said(
        "There is no role {role}, or this user may not take it on.",
        "Run meritbook migrate as the owner; it says what a superuser has to run.",
        "没有角色 {role}，或当前用户不能使用它。",
        "以所有者身份运行 meritbook migrate；它会说明超级用户需要执行什么。",
    ),
    "role_may_alter": _said(
        "{role} may {may} the journal, which nobody should.",
        "Revoke it, find out who granted it, and run meritbook seal check.",
        "{role} 可以对日志执行 {may}，这不该发生。",
        "请收回该权限，查明是谁授予的，并运行 meritbook seal check。",
    ),
    "journal_unguarded": _said(
        "The trigger that guards the journal is off: somebody could alter it unnoticed by the database.",
        "alter table journal enable always trigger journal_is_append_only; then meritbook seal check.",
        "保护日志的触发器被关闭：有人可以绕过数据库改动它。",
        "执行 alter table journal enable always trigger journal_is_append_only; 再 meritbook seal check。",
    ),
    "read_models_follow": _said(
        "Results are {facts} facts behind the journal.", "", "结果落后日志 {facts} 条事实。", ""
    ),
    "read_models_late": _said(
        "{facts} facts wait to be counted, the first for {seconds} s: nobody follows the journal.",
        "Start a service: meritbook serve, or one with --role follower.",
        "{facts} 条事实等待计入，最早的已等 {seconds} 秒：没有进程在跟进日志。",
        "启动服务：meritbook serve，或带 --role follower 的进程。",
    ),
    "read_models_stopped": _said(
        "Read models stand still: {why}",
        "Follow docs/howto/alerts.md under MeritbookReadModelStopped.",
        "读模型停住了：{why}",
        "按 docs/howto/alerts.md 的 MeritbookReadModelStopped 处理。",
    ),
    "rebuild_needed": _said(
        "This program cannot go on with the rows of {names}.",
        "Run meritbook upgrade; what is served now is served until the switch.",
        "本程序不能沿用 {names} 的数据。",
        "运行 meritbook upgrade；切换之前仍按现有结果服务。",
    ),
    "seal_in_time": _said(
        "The journal of {head} facts continues what was signed.",
        "",
        "含 {head} 条事实的日志与已签署的一致延续。",
        "",
    ),
    "seal_late": _said(
        "A fact has waited {seconds} s for its seal (the journal ends at {head}).",
        "Start a service with MERITBOOK_SEAL=on, or run meritbook seal catch-up.",
        "有事实等待封印已 {seconds} 秒（日志到 {head}）。",
        "启动 MERITBOOK_SEAL=on 的服务，或运行 meritbook seal catch-up。",
    ),
    "journal_is_old": _said(
        "The journal ends at {head}, and {missing} facts more were signed here: it is an old copy.",
        "Write nothing. Bring back a newer backup, or follow docs/howto/seal.md.",
        "日志到 {head} 为止，而这里还签署过另外 {missing} 条事实：这是一份旧副本。",
        "不要写入。请恢复更新的备份，或按 docs/howto/seal.md 处理。",
    ),
    "seal_key_other": _said(
        "The ledger is signed under {key}, and that key is not here.",
        "Put seal/ back from its copy, or set MERITBOOK_SEAL=off where another service signs.",
        "账本用 {key} 签署，而该密钥不在这里。",
        "从副本放回 seal/；若由另一个服务签署，请设 MERITBOOK_SEAL=off。",
    ),
    "cold_there": _said("All {number} cold files are there.", "", "{number} 个冷存储文件都在。", ""),
    "cold_lost": _said(
        "{files} are not there, or of another size: facts that left the database cannot be read.",
        "Put them back from copies, then meritbook cold list --check; if moved: meritbook cold moved PLACE.",
        "{files} 不在，或大小不同：已移出数据库的事实无法读取。",
        "从副本放回，再运行 meritbook cold list --check；若已移动：meritbook cold moved 目录。",
    ),
    "webhooks_deliver": _said(
        "No delivery was given up; {waiting} are on their way.", "", "没有放弃的投递；{waiting} 条在途。", ""
    ),
    "webhooks_dead": _said(
        "{dead} deliveries were given up.",
        "meritbook webhook list names the endpoint; then meritbook webhook replay WEBHOOK --state dead.",
        "有 {dead} 条投递被放弃。",
        "meritbook webhook list 会指明是哪个端点；修好后：meritbook webhook replay WEBHOOK --state dead。",
    ),
    "webhooks_stopped": _said(
        "{number} webhooks are paused or disabled; their receivers are told nothing.",
        "meritbook webhook list says why; meritbook webhook resume WEBHOOK.",
        "有 {number} 个 webhook 已暂停或停用；接收方收不到消息。",
        "meritbook webhook list 说明原因；meritbook webhook resume WEBHOOK。",
    ),
}

WORDS: dict[str, Said] = HOME | SERVER | LEDGER
"""By what is found."""
