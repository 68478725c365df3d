"""Laws over all guidance: commands exist, clocks are named, what decides is looked at first, and nothing is one-sided."""

from __future__ import annotations

import re

import pytest

from mailtrend.knowledge import Guide, book, explain, twin_of
from mailtrend.knowledge.shapes import KINDS, PLACEHOLDERS

BOOK = book()
GUIDES: list[tuple[str, Guide]] = [
    *((f"{entry.codes[0]} {entry.when or ''}".strip(), entry) for entry in BOOK.entries),
    *BOOK.causes.items(),
    *((f"subject {digit}", guide) for digit, guide in BOOK.fallback.subjects.items()),
    *((f"reply {code}", guide) for code, guide in BOOK.fallback.replies.items()),
    ("unknown", BOOK.fallback.unknown),
]
SUB_CAUSES = [entry for entry in BOOK.entries if entry.when]
MIGRATED = [entry for entry in BOOK.entries if entry.steps_migrated]
TRANSIENT = [cause for cause, guide in BOOK.causes.items() if guide.usual == "transient"]
SIX = ("4.4.312", "4.4.315", "4.4.316", "4.4.317", "4.4.318", "4.7.320")
COMMAND = re.compile("`([^`]*)`")
TOKEN = re.compile(r'"[^"]*"|[(){}|;]|(?<![\w-])[A-Z][a-z]+-[A-Z]\w+|(?<![\w-])-[A-Z][A-Za-z]\w*')
LOOKS = re.compile(r"(See|Look|Read|Compare|Ask|Try|Test|From|Was|Which|One|On|Find)\b|.*\?")
KNOWN = """
Add-ADPermission: Identity User ExtendedRights
Add-PublicFolderClientPermission: Identity User AccessRights
Add-RecipientPermission: Identity Trustee AccessRights
Disable-TransportRule: Identity
Enable-ExchangeCertificate: Thumbprint Services Server
Enable-Mailbox: Identity Archive AutoExpandingArchive
Enable-RemoteMailbox: Identity RemoteRoutingAddress
Format-List:
Format-Table: Wrap AutoSize
Get-AcceptedDomain: Identity
Get-BlockedConnector: ConnectorId
Get-BlockedSenderAddress: SenderAddress
Get-CASMailbox: Identity ResultSize
Get-ContentFilterConfig:
Get-Date:
Get-DistributionGroup: Identity ResultSize
Get-DistributionGroupMember: Identity ResultSize
Get-DkimSigningConfig: Identity
Get-DlpComplianceRule: Identity Policy
Get-DynamicDistributionGroup: Identity
Get-DynamicDistributionGroupMember: Identity ResultSize
Get-ExchangeCertificate: Thumbprint Server DomainName
Get-FrontendTransportService: Identity
Get-HostedConnectionFilterPolicy: Identity
Get-HostedOutboundSpamFilterPolicy: Identity
Get-InboundConnector: Identity
Get-InboxRule: Mailbox Identity IncludeHidden
Get-JournalRule: Identity
Get-LimitsEnforcementStatus:
Get-MailContact: Identity ResultSize Filter
Get-MailPublicFolder: Identity ResultSize
Get-MailUser: Identity ResultSize Filter
Get-Mailbox: Identity ResultSize Filter Archive
Get-MailboxDatabaseCopyStatus: Identity Server
Get-MailboxFolderStatistics: Identity FolderScope Archive
Get-MailboxStatistics: Identity Archive
Get-Message: Filter Identity Queue ResultSize Server
Get-MessageTraceDetailV2: MessageTraceId RecipientAddress SenderAddress Event StartDate EndDate
Get-MessageTraceV2: MessageId MessageTraceId RecipientAddress SenderAddress FromIP ToIP Status Subject StartDate EndDate ResultSize
Get-MessageTrackingLog: EventId MessageId Recipients Sender ResultSize Server Source Start End
Get-MoveRequest: Identity
Get-OrganizationConfig:
Get-OutboundConnector: Identity
Get-PSDrive: PSProvider
Get-PublicFolderClientPermission: Identity User
Get-Queue: Identity Server Filter
Get-ReceiveConnector: Identity Server
Get-Recipient: Identity Filter RecipientTypeDetails ResultSize
Get-RecipientPermission: Identity Trustee
Get-RemoteMailbox: Identity ResultSize
Get-SendConnector: Identity
Get-SenderFilterConfig:
Get-ServerComponentState: Identity Component
Get-Service: Name
Get-TenantAllowBlockListItems: ListType Block Allow Entry
Get-TlsCipherSuite: Name
Get-TransportAgent: Identity
Get-TransportConfig:
Get-TransportRule: Identity State
Get-TransportService: Identity
Get-WinEvent: LogName MaxEvents
Group-Object: NoElement
Import-Certificate: FilePath CertStoreLocation
Import-ExchangeCertificate: FileData Password PrivateKeyExportable Server
Invoke-RestMethod:
Invoke-WebRequest:
Mount-Database: Identity
Move-TransportDatabase: QueueDatabasePath QueueDatabaseLoggingPath
New-AcceptedDomain: Name DomainName DomainType
New-ExchangeCertificate: GenerateRequest RequestFile SubjectName DomainName PrivateKeyExportable Services
New-Guid:
New-HostedOutboundSpamFilterPolicy: Name AutoForwardingMode
New-HostedOutboundSpamFilterRule: Name HostedOutboundSpamFilterPolicy From
New-InboundConnector: Name ConnectorType SenderDomains SenderIPAddresses RequireTls TlsSenderCertificateName
New-MailboxRepairRequest: Mailbox CorruptionType DetectOnly
New-SendConnector: Name AddressSpaces SmartHosts SourceTransportServers
New-TransportRule: Name RemoveHeader
Read-Host: AsSecureString
Remove-BlockedConnector: ConnectorId
Remove-BlockedSenderAddress: SenderAddress
Remove-InboxRule: Identity Mailbox
Remove-Message: Identity WithNDR
Remove-TenantAllowBlockListItems: ListType Entries
Resolve-DnsName: Name Type Server DnssecCd DnssecOk
Restart-Service: Name
Resume-Message: Identity
Retry-Queue: Identity Resubmit
Revoke-MgUserSignInSession: UserId
Rotate-DkimSigningConfig: Identity KeySize
Search-UnifiedAuditLog: Operations StartDate EndDate
Select-Object: First Property ExpandProperty
Set-AcceptedDomain: Identity DomainType
Set-ArcConfig: Identity ArcTrustedSealers
Set-CASMailbox: Identity SmtpClientAuthenticationDisabled
Set-DistributionGroup: Identity RequireSenderAuthenticationEnabled AcceptMessagesOnlyFromSendersOrMembers
Set-DkimSigningConfig: Identity Enabled
Set-InboundConnector: Identity EFSkipLastIP RequireTls SenderIPAddresses TlsSenderCertificateName
Set-JournalRule: Identity JournalEmailAddress
Set-MailContact: Identity ExternalEmailAddress RequireSenderAuthenticationEnabled
Set-MailPublicFolder: Identity RequireSenderAuthenticationEnabled
Set-MailUser: Identity RequireSenderAuthenticationEnabled
Set-Mailbox: Identity AcceptMessagesOnlyFromSendersOrMembers ForwardingAddress ForwardingSmtpAddress IssueWarningQuota MaxReceiveSize MaxSendSize ProhibitSendQuota ProhibitSendReceiveQuota RecipientLimits RequireSenderAuthenticationEnabled UseDatabaseQuotaDefaults WindowsEmailAddress
Set-OutboundConnector: Identity Enabled RecipientDomains SmartHosts TlsDomain TlsSettings UseMXRecord
Set-ReceiveConnector: Identity MaxInboundConnection MaxInboundConnectionPerSource MaxInboundConnectionPercentagePerSource PermissionGroups ProtocolLoggingLevel RemoteIPRanges TlsCertificateName TransportRole
Set-RemoteDomain: Identity ByteEncoderTypeFor7BitCharsets ContentType NonMimeCharacterSet TNEFEnabled
Set-RemoteMailbox: Identity AcceptMessagesOnlyFromSendersOrMembers RequireSenderAuthenticationEnabled
Set-SendConnector: Identity AddressSpaces DNSRoutingEnabled Fqdn ProtocolLoggingLevel RequireTLS SmartHosts SourceTransportServers TlsCertificateName
Set-ServerComponentState: Identity Component State Requester
Set-TransportConfig: JournalArchivingEnabled MaxReceiveSize MaxSendSize RejectMessageOnShadowFailure SmtpClientAuthenticationDisabled
Set-TransportRule: Identity ExceptIfFrom
Set-TransportService: Identity ExternalDNSAdapterEnabled MaxPerDomainOutboundConnections
Set-UnifiedGroup: Identity RequireSenderAuthenticationEnabled
Sort-Object: Descending
Start-ADSyncSyncCycle: PolicyType
Start-ManagedFolderAssistant: Identity
Sync-ModernMailPublicFolders:
Test-NetConnection: ComputerName Port TraceRoute
Test-ServiceHealth: Server
Validate-OutboundConnector: Identity Recipients
Where-Object: EQ Property
"""
"""Cmdlets and those of their parameters that steps may name, from Microsoft's documentation."""
CMDLETS = {name: set(told.split()) for name, told in (line.split(":") for line in KNOWN.strip().splitlines())}


def told(guide: Guide) -> list[str]:
    """Every step of a guide once."""
    steps = [step for kind in KINDS for step in guide.steps[kind]]
    return list(dict.fromkeys([*steps, *getattr(guide, "steps_migrated", ())]))


def commands(guide: Guide) -> list[str]:
    return [command for step in told(guide) for command in COMMAND.findall(step)]


def unknown(command: str) -> list[str]:
    """Cmdlets that are not known, and parameters that theirs does not have."""
    named = re.sub(r"\{[\w.]+\}", "NAME", command)
    current, outer, odd = "", [], []
    for part in TOKEN.findall(named):
        if part in "({":
            outer.append(current)
            current = ""
        elif part in ")}":
            current = outer.pop() if outer else ""
        elif part in "|;":
            current = ""
        elif part.startswith("-"):
            odd += [f"{current} {part}"] if current and part[1:] not in CMDLETS.get(current, set()) else []
        elif not part.startswith('"') and not current:
            current = part
            odd += [] if part in CMDLETS else [part]
    return odd


def test_a_typo_in_a_cmdlet_or_parameter_is_seen():
    assert unknown("Set-OutboundConector -Identity {connector}") == [
        "Set-OutboundConector",
        "Set-OutboundConector -Identity",
    ]
    assert unknown("Set-OutboundConnector -Identity {connector} -SmartHost HOST") == [
        "Set-OutboundConnector -SmartHost"
    ]
    assert unknown("Get-Queue -Server S | Format-List Identity, MessageCount") == []
    assert unknown("Import-ExchangeCertificate -Password (Read-Host -AsSecureString) -Services SMTP") == [
        "Import-ExchangeCertificate -Services"
    ]


def test_every_command_names_cmdlets_and_parameters_that_exist():
    for name, guide in GUIDES:
        for command in commands(guide):
            assert unknown(command) == [], f"{name}: {command}"


def test_no_command_is_empty_or_left_open():
    for _, guide in GUIDES:
        for step in told(guide):
            assert step.count("`") % 2 == 0, step
            assert all(command.strip() for command in COMMAND.findall(step)), step
        for command in commands(guide):
            assert command.count('"') % 2 == 0, command
            assert command.count("(") == command.count(")"), command


def test_every_place_is_one_of_the_list():
    for _, guide in GUIDES:
        for step in told(guide):
            assert set(re.findall(r"\{place\.(\w+)\}", step)) <= set(BOOK.places), step
            assert set(re.findall(r"\{(\w+)\}", step)) <= set(PLACEHOLDERS), step


def test_nobody_is_told_to_wait_without_the_clock():
    for _, guide in GUIDES:
        for step in told(guide):
            assert "24 hours" in step or not re.search(r"(?i)\bwait\b", step), step


def test_a_list_of_steps_stays_readable():
    for _, guide in GUIDES:
        for kind in KINDS:
            assert len(guide.steps[kind]) <= 6, kind


@pytest.mark.parametrize("cause", sorted(BOOK.causes))
def test_a_cause_says_how_long_its_change_takes(cause):
    assert BOOK.causes[cause].takes in BOOK.takes


@pytest.mark.parametrize("cause", TRANSIENT)
def test_who_still_has_mail_queued_is_told_when_it_is_lost(cause):
    for kind in ("own", "partner"):
        assert any("24 hours" in step for step in BOOK.causes[cause].steps[kind]), kind


@pytest.mark.parametrize("code", SIX)
def test_the_codes_of_mail_flow_name_the_clock_whatever_the_cause(code):
    for cause in (None, *(entry.when for entry in SUB_CAUSES if entry.codes[0].holds(code))):
        entry = BOOK.entry_of(code, cause=cause)
        for kind in KINDS:
            assert any("24 hours" in step for step in entry.steps[kind]), f"{cause} {kind}"


@pytest.mark.parametrize("cause", sorted(BOOK.causes))
def test_a_partner_is_asked_for_something_that_they_can_do(cause):
    guide = BOOK.causes[cause]
    if guide.owners["partner"] == "partner":
        assert guide.ask, "a partner has to act, and nothing is asked of them"
    if guide.ask:
        assert guide.ask.endswith(".")
        assert not re.search(r"[{}`]", guide.ask), "the message to a partner has no placeholders"
        assert len(re.findall(r"[.?!](?= [A-Z]|$)", guide.ask)) <= 3


@pytest.mark.parametrize("cause", TRANSIENT)
def test_what_decides_is_looked_at_before_anything_is_changed(cause):
    for kind in ("own", "partner"):
        first = BOOK.causes[cause].steps[kind][0]
        assert LOOKS.match(first), first
        assert not re.search(r"\b(Set|New|Remove|Enable|Restart)-[A-Z]", first), first


@pytest.mark.parametrize("code", SIX)
def test_the_first_step_of_a_mail_flow_code_only_looks(code):
    for cause in (None, *(entry.when for entry in SUB_CAUSES if entry.codes[0].holds(code))):
        entry = BOOK.entry_of(code, cause=cause)
        for kind in KINDS:
            first = re.sub(
                r"Set-ReceiveConnector -Identity \S+ \S+ \S+ -ProtocolLoggingLevel", "", entry.steps[kind][0]
            )
            assert not re.search(r"\b(Set|New|Remove|Enable|Restart)-[A-Z]", first), f"{cause} {kind}: {first}"


def test_a_domain_type_is_never_changed_without_a_look_at_recent_deliveries():
    for name, guide in GUIDES:
        migrated = getattr(guide, "steps_migrated", ())
        for steps in (*(guide.steps[kind] for kind in KINDS), migrated):
            text = " ".join(steps)
            if re.search(r"Set-AcceptedDomain .*-DomainType", text):
                assert "recent deliveries" in text or "Get-Recipient" in text, f"{name}: {text}"


@pytest.mark.parametrize("entry", MIGRATED, ids=lambda entry: f"{entry.codes[0]} {entry.when or ''}")
def test_after_a_migration_recent_deliveries_are_looked_at_first(entry):
    assert "recent deliveries" in entry.steps_migrated[0]
    assert "Authoritative" in " ".join(entry.steps_migrated)


@pytest.mark.parametrize("code", ["4.4.312", "4.4.315", "4.4.316", "4.4.318"])
def test_a_server_that_was_switched_off_has_steps_of_its_own(code):
    steps = " ".join(BOOK.entry_of(code).steps_migrated)
    assert "-Enabled $false" in steps
    assert "Set-AcceptedDomain -Identity {domain} -DomainType Authoritative" in steps
    assert "24 hours" in steps


def test_an_entry_for_one_cause_is_reached_by_its_examples():
    examples = [(entry, text, cause) for entry in SUB_CAUSES for text, cause in entry.examples]
    assert {entry.codes for entry, _, _ in examples} == {entry.codes for entry in SUB_CAUSES}
    for (entry, text, cause), found in zip(examples, explain([text for _, text, _ in examples]), strict=True):
        assert not entry.firm
        assert cause == entry.when, text
        assert found.verdict.title == entry.title, text


@pytest.mark.parametrize("entry", [one for one in SUB_CAUSES if str(one.codes[0]) in SIX], ids=lambda entry: entry.when)
def test_a_fault_inside_a_mail_flow_code_knows_what_it_ends_in(entry):
    assert entry.twin == twin_of(str(entry.codes[0]))
    assert twin_of(entry.twin) == str(entry.codes[0])


@pytest.mark.parametrize(
    ("code", "cause", "kind", "line"),
    [
        ("4.4.312", "dns_no_such_domain", "own", "Set-OutboundConnector -Identity {connector} -SmartHosts HOST"),
        ("4.4.312", "dnssec_invalid", "own", "Resolve-DnsName {domain} -Type DS"),
        ("4.4.316", None, "own", "Validate-OutboundConnector -Identity {connector} -Recipients ADDRESS"),
        ("4.4.317", "starttls_not_offered", "own", "Enable-ExchangeCertificate -Thumbprint THUMBPRINT -Services SMTP"),
        ("4.4.317", "certificate_name_mismatch", "partner", "-TlsSettings DomainValidation -TlsDomain NAME"),
        ("4.4.317", None, "own", "Set-ReceiveConnector -Identity CONNECTOR -TransportRole FrontendTransport"),
        ("4.4.318", None, "own", "-ProtocolLoggingLevel Verbose"),
        ("4.7.320", "certificate_expired", "own", "openssl x509 -noout -dates"),
        ("4.7.5", "certificate_invalid", "own", "Get-SendConnector | Format-List Name, TlsCertificateName"),
        ("5.4.14", None, "own", "-UseMXRecord $false -SmartHosts HOST"),
    ],
)
def test_the_line_that_mends_it_is_there(code, cause, kind, line):
    assert line in " ".join(BOOK.entry_of(code, cause=cause).steps[kind])
