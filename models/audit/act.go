package audit

import (
	"maps"
	"slices"

	"nhaso/models"
)

// Act is what was done. The words are stored: never rename one.
type Act string

// The acts. A new one needs a line in acts below and a word in the catalogue
// of the audit page.
const (
	AccountMade     Act = "account_made"
	RolesChanged    Act = "roles_changed"
	AccountDisabled Act = "account_disabled"
	AccountEnabled  Act = "account_enabled"
	SecretReset     Act = "secret_reset"
	FactorReset     Act = "factor_reset"
	RoleDelegated   Act = "role_delegated"
	RoleEnded       Act = "role_ended"
	CardsPrinted    Act = "cards_printed"

	FileMade     Act = "file_made"     // a file with or about pupils left the program
	PaperPrinted Act = "paper_printed" // a confirmation with the whole name

	NamesRead   Act = "names_read"   // of a household, within one's own area
	ListRead    Act = "list_read"    // of whole names, beyond one's own villages, class or school
	LookupBegun Act = "lookup_begun" // names of others' pupils, with a reason
	LookupRead  Act = "lookup_read"
	LookupEnded Act = "lookup_ended"

	CertificateRevoked    Act = "certificate_revoked"
	CertificateReinstated Act = "certificate_reinstated"

	RosterWritten      Act = "roster_written"
	RosterUndone       Act = "roster_undone"
	RegisterWritten    Act = "register_written"
	HouseholdMoved     Act = "household_moved"
	HouseholdMerged    Act = "household_merged"
	HouseholdUnmerged  Act = "household_unmerged"
	HouseholdSplit     Act = "household_split"
	YearRolledOver     Act = "year_rolled_over"
	PupilTransferred   Act = "pupil_transferred"
	PupilLeft          Act = "pupil_left"
	LaptopEnrolled     Act = "laptop_enrolled"
	LaptopRevoked      Act = "laptop_revoked"
	ClassPackMade      Act = "class_pack_made"
	MonthSigned        Act = "month_signed"
	MonthReopened      Act = "month_reopened"
	PartnerTokenMade   Act = "partner_token_made"
	PartnerTokenEnded  Act = "partner_token_ended"
	RequestFiled       Act = "request_filed"
	RequestTaken       Act = "request_taken"
	RequestDone        Act = "request_done"
	RequestRefused     Act = "request_refused"
	PersonExported     Act = "person_exported"
	PersonCorrected    Act = "person_corrected"
	PersonRestricted   Act = "person_restricted"
	PersonUnrestricted Act = "person_unrestricted"
	PersonErased       Act = "person_erased"
	RetentionRun       Act = "retention_run"
	RetentionChanged   Act = "retention_changed" // how long one kind of detail is kept
	KeysRotated        Act = "keys_rotated"
	RegradeApplied     Act = "regrade_applied"
)

// acts says of each act which action of the access table it exercises: what
// tests hold the sensitive actions against, and whose role an entry names.
var acts = map[Act]models.Action{
	AccountMade: models.ActManageAccounts, RolesChanged: models.ActManageAccounts, AccountDisabled: models.ActManageAccounts,
	AccountEnabled: models.ActManageAccounts, SecretReset: models.ActManageAccounts, FactorReset: models.ActManageAccounts,
	RoleDelegated: models.ActManageSchool, RoleEnded: models.ActManageSchool, YearRolledOver: models.ActManageSchool,
	PupilTransferred: models.ActManageSchool, PupilLeft: models.ActManageSchool,
	CardsPrinted: models.ActImportRoster, RosterWritten: models.ActImportRoster, RosterUndone: models.ActImportRoster,
	FileMade: models.ActReadClass, PaperPrinted: models.ActPrintCertificate,
	NamesRead: models.ActReadNames, ListRead: models.ActReadNames, LookupBegun: models.ActLookUpNames, LookupRead: models.ActLookUpNames, LookupEnded: models.ActLookUpNames,
	CertificateRevoked: models.ActRevokeCertificate, CertificateReinstated: models.ActRevokeCertificate,
	RegisterWritten: models.ActImportHouseholds, HouseholdMoved: models.ActMoveHousehold,
	HouseholdMerged: models.ActMergeHouseholds, HouseholdUnmerged: models.ActMergeHouseholds, HouseholdSplit: models.ActMergeHouseholds,
	LaptopEnrolled: models.ActKeepLaptop, LaptopRevoked: models.ActKeepLaptop, ClassPackMade: models.ActKeepLaptop,
	PartnerTokenMade: models.ActPublish, PartnerTokenEnded: models.ActPublish,
	MonthSigned: models.ActApproveMonth, MonthReopened: models.ActLockMonth,
	RequestFiled: models.ActHandleRequests, RequestTaken: models.ActHandleRequests, RequestDone: models.ActHandleRequests,
	RequestRefused: models.ActHandleRequests, PersonExported: models.ActHandleRequests, PersonCorrected: models.ActHandleRequests,
	PersonRestricted: models.ActHandleRequests, PersonUnrestricted: models.ActHandleRequests, PersonErased: models.ActHandleRequests,
	RetentionRun: models.ActOperate, RetentionChanged: models.ActOperate, KeysRotated: models.ActOperate, RegradeApplied: models.ActOperate,
}

// Acts lists every act in alphabetical order.
func Acts() []Act { return slices.Sorted(maps.Keys(acts)) }

// ActionOf answers the action of the access table that an act exercises, empty
// for a word that is no act.
func ActionOf(a Act) models.Action { return acts[a] }
