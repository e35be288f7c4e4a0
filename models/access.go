package models

import (
	"fmt"
	"slices"
	"strings"
)

// Role is what an account may be. One account can hold several.
type Role string

// The roles, from the child to the operator of the machine.
const (
	RoleStudent        Role = "student"
	RoleTeacher        Role = "teacher"        // of a homeroom class, or of a whole school
	RoleModuleTeacher  Role = "module_teacher" // teaches the courses in other teachers' classes
	RoleInvigilator    Role = "invigilator"    // runs a lesson session and sees nothing else
	RoleHead           Role = "head"           // of a school: reads, decides nothing
	RoleSchoolAdmin    Role = "school_admin"
	RoleTeamMember     Role = "team_member"
	RoleCommuneOfficer Role = "commune_officer"
	RoleDeptOfficer    Role = "dept_officer"
	RoleAdmin          Role = "admin"

	// RolePartner is that of a program of another office, by its token. It is in
	// no account and in no list of roles.
	RolePartner Role = "partner"
)

// Roles lists every role in the order of the golden matrix.
var Roles = []Role{
	RoleStudent, RoleTeacher, RoleModuleTeacher, RoleInvigilator, RoleHead, RoleSchoolAdmin,
	RoleTeamMember, RoleCommuneOfficer, RoleDeptOfficer, RoleAdmin,
}

// ScopeKind says how far a role reaches.
type ScopeKind string

// The scopes, from nothing to everything.
const (
	ScopeNone   ScopeKind = "none"
	ScopeSelf   ScopeKind = "self"   // the actor's own person
	ScopeClass  ScopeKind = "class"  // school classes the actor is assigned to
	ScopeSchool ScopeKind = "school" // the actor's schools
	ScopeArea   ScopeKind = "area"   // the actor's areas and everything below them
	ScopeAll    ScopeKind = "all"
)

// Action names one thing that can be asked of the system. Every API operation
// names exactly one.
type Action string

// The actions. ActPublic needs no sign-in and is not in the table.
const (
	ActPublic            Action = "public"
	ActWhoAmI            Action = "who_am_i"           // read who is signed in
	ActOwnAccount        Action = "own_account"        // change one's own sign-in
	ActLearn             Action = "learn"              // one's own progress, practice and attempts
	ActOwnHousehold      Action = "own_household"      // see and claim one's own household
	ActReadCourse        Action = "read_course"        // read published courses
	ActTeach             Action = "teach"              // assign, release results
	ActRunSession        Action = "run_session"        // open, watch, extend and close a lesson session
	ActListClasses       Action = "list_classes"       // the classes one has to do with
	ActReadClass         Action = "read_class"         // see classes and their boards
	ActReadSchool        Action = "read_school"        // a school's figures, staff, leavers and to-do list
	ActManageSchool      Action = "manage_school"      // delegate, roll the year over, transfer, record leavers
	ActCheckSchool       Action = "check_school"       // measure how many pupils a school's network carries
	ActReadIncidents     Action = "read_incidents"     // why pupils did not finish, counted by school
	ActReadExports       Action = "read_exports"       // who made which file with pupils' names
	ActKeepBank          Action = "keep_bank"          // banks of questions: import, look at, export
	ActKeepLaptop        Action = "keep_laptop"        // classroom laptops: enrol, class packs, results, revoke
	ActImportRoster      Action = "import_roster"      // write pupils into classes
	ActDecideLink        Action = "decide_link"        // claim for a pupil, confirm, reject or end a link
	ActRecordConsent     Action = "record_consent"     // what child and guardian agreed to: read, record, print forms
	ActOwnConsent        Action = "own_consent"        // one's own: read, agree, withdraw
	ActReadArea          Action = "read_area"          // look up areas, villages, schools
	ActReadCoverage      Action = "read_coverage"      // figures of an area and their explanation
	ActSetTarget         Action = "set_target"         // what an area is to reach by a day
	ActReadHousehold     Action = "read_household"     // list households, heads' names masked
	ActReadNames         Action = "read_names"         // the names of a household's head and members
	ActMoveHousehold     Action = "move_household"     // move a household to another village
	ActMergeHouseholds   Action = "merge_households"   // find duplicates, merge, split, take back
	ActInviteAdult       Action = "invite_adult"       // an account for somebody grown up; confirm that person's household
	ActImportHouseholds  Action = "import_households"  // write a household register
	ActManagePlaces      Action = "manage_places"      // create, move and merge villages
	ActRunCampaign       Action = "run_campaign"       // begin campaigns, post team members
	ActVisit             Action = "visit"              // one's own round of households and its visits
	ActDeliverVisits     Action = "deliver_visits"     // hand over what one walked, also after one's role ended
	ActReadVisits        Action = "read_visits"        // who came to a household when, and with what outcome
	ActReadCertificate   Action = "read_certificate"   // find certificates by code or name
	ActPrintCertificate  Action = "print_certificate"  // a certificate as paper, with the holder's whole name
	ActRevokeCertificate Action = "revoke_certificate" // revoke and reinstate
	ActManageAccounts    Action = "manage_accounts"    // create accounts, give roles, reset secrets
	ActReadItems         Action = "read_items"         // how questions behave over all attempts, nobody named
	ActReadRegrade       Action = "read_regrade"       // whose result a mended question changes
	ActOwnData           Action = "own_data"           // ask for one's own data: a copy, a correction, erasure
	ActFileRequest       Action = "file_request"       // write down what a pupil or guardian asks for about their data
	ActHandleRequests    Action = "handle_requests"    // carry such requests out
	ActLookUpNames       Action = "look_up_names"      // names of others' pupils, with a reason, for three hours
	ActReadAudit         Action = "read_audit"         // who did what that somebody may have to answer for
	ActPublish           Action = "publish"            // begin publishing figures, give partners tokens
	ActReadPublished     Action = "read_published"     // what is published, by a partner's token
	ActReadSignOff       Action = "read_sign_off"      // months: figures, who approved, what is waited for
	ActApproveMonth      Action = "approve_month"      // approve a school's or commune's month, or return it
	ActReadDigest        Action = "read_digest"        // daily digests of the ledger and their paper
	ActReadQuality       Action = "read_quality"       // what looks wrong, nobody named
	ActReadClassQuality  Action = "read_class_quality" // what of it a class's teacher can clear up
	ActLockMonth         Action = "lock_month"         // lock and unlock a month of the province
	ActOperate           Action = "operate"            // fold, rebuild, verify, publish courses
)

// access is the one table of permissions: Action × Role → Scope. What is not
// in it is denied. Change it and models/testdata/access.golden together.
var access = map[Action]map[Role]ScopeKind{
	ActWhoAmI:       everyone(ScopeSelf),
	ActOwnAccount:   everyone(ScopeSelf),
	ActReadCourse:   everyone(ScopeAll),
	ActReadArea:     everyone(ScopeAll),
	ActLearn:        {RoleStudent: ScopeSelf},
	ActOwnHousehold: {RoleStudent: ScopeSelf},
	ActOwnConsent:   {RoleStudent: ScopeSelf},
	ActOwnData:      {RoleStudent: ScopeSelf},
	ActTeach:        {RoleTeacher: ScopeClass, RoleModuleTeacher: ScopeClass, RoleSchoolAdmin: ScopeSchool},
	// Whoever invigilates sees who is in and how far, but no household, board or certificate.
	ActRunSession: {
		RoleTeacher: ScopeClass, RoleModuleTeacher: ScopeClass, RoleInvigilator: ScopeClass, RoleSchoolAdmin: ScopeSchool,
	},
	ActListClasses: {
		RoleTeacher: ScopeClass, RoleModuleTeacher: ScopeClass, RoleInvigilator: ScopeClass,
		RoleHead: ScopeSchool, RoleSchoolAdmin: ScopeSchool,
	},
	ActReadClass: {
		RoleTeacher: ScopeClass, RoleModuleTeacher: ScopeClass, RoleHead: ScopeSchool, RoleSchoolAdmin: ScopeSchool,
	},
	ActReadSchool:   {RoleHead: ScopeSchool, RoleSchoolAdmin: ScopeSchool, RoleAdmin: ScopeAll},
	ActManageSchool: {RoleSchoolAdmin: ScopeSchool, RoleAdmin: ScopeAll},
	ActCheckSchool: {
		RoleTeacher: ScopeClass, RoleModuleTeacher: ScopeClass, RoleInvigilator: ScopeClass,
		RoleHead: ScopeSchool, RoleSchoolAdmin: ScopeSchool, RoleAdmin: ScopeAll,
	},
	ActReadExports: {RoleHead: ScopeSchool, RoleSchoolAdmin: ScopeSchool, RoleAdmin: ScopeAll},
	ActKeepBank: {
		RoleTeacher: ScopeClass, RoleModuleTeacher: ScopeClass, RoleSchoolAdmin: ScopeSchool, RoleAdmin: ScopeAll,
	},
	ActKeepLaptop:   {RoleTeacher: ScopeClass, RoleSchoolAdmin: ScopeSchool, RoleAdmin: ScopeAll},
	ActImportRoster: {RoleTeacher: ScopeClass, RoleSchoolAdmin: ScopeSchool, RoleAdmin: ScopeAll},
	ActDecideLink:   {RoleTeacher: ScopeClass, RoleSchoolAdmin: ScopeSchool, RoleCommuneOfficer: ScopeArea},
	// The forms lie at school; whoever is told by a parent there writes it down.
	ActRecordConsent: {RoleTeacher: ScopeClass, RoleSchoolAdmin: ScopeSchool},
	// Figures without names: what stands in a school's way is the department's to know.
	ActReadIncidents: {RoleHead: ScopeSchool, RoleSchoolAdmin: ScopeSchool, RoleDeptOfficer: ScopeArea, RoleAdmin: ScopeAll},
	ActReadCoverage: {
		RoleTeamMember: ScopeArea, RoleCommuneOfficer: ScopeArea, RoleDeptOfficer: ScopeArea, RoleAdmin: ScopeAll,
	},
	ActSetTarget: {RoleCommuneOfficer: ScopeArea, RoleDeptOfficer: ScopeArea, RoleAdmin: ScopeAll},
	ActReadHousehold: {
		RoleTeamMember: ScopeArea, RoleCommuneOfficer: ScopeArea, RoleDeptOfficer: ScopeArea, RoleAdmin: ScopeAll,
	},
	ActReadNames:     {RoleTeamMember: ScopeArea, RoleCommuneOfficer: ScopeArea},
	ActMoveHousehold: {RoleCommuneOfficer: ScopeArea, RoleAdmin: ScopeAll},
	// A family on the registers of two communes is one for whoever reaches both.
	ActMergeHouseholds: {RoleCommuneOfficer: ScopeArea, RoleDeptOfficer: ScopeArea, RoleAdmin: ScopeAll},
	// A team stands at the door: it knows who opened.
	ActInviteAdult:      {RoleTeamMember: ScopeArea, RoleCommuneOfficer: ScopeArea},
	ActImportHouseholds: {RoleCommuneOfficer: ScopeArea, RoleDeptOfficer: ScopeArea, RoleAdmin: ScopeAll},
	ActManagePlaces:     {RoleDeptOfficer: ScopeArea, RoleAdmin: ScopeAll},
	ActRunCampaign:      {RoleCommuneOfficer: ScopeArea, RoleDeptOfficer: ScopeArea},
	ActVisit:            {RoleTeamMember: ScopeArea},
	// Whoever was a member hands over what the phone still holds, whatever role is left:
	// the room keeps it uncounted where the role to walk is gone.
	ActDeliverVisits: {
		RoleTeacher: ScopeSelf, RoleModuleTeacher: ScopeSelf, RoleInvigilator: ScopeSelf, RoleHead: ScopeSelf, RoleSchoolAdmin: ScopeSelf,
		RoleTeamMember: ScopeSelf, RoleCommuneOfficer: ScopeSelf, RoleDeptOfficer: ScopeSelf, RoleAdmin: ScopeSelf,
	},
	ActReadVisits: {RoleTeamMember: ScopeArea, RoleCommuneOfficer: ScopeArea},
	ActReadCertificate: {
		RoleTeacher: ScopeClass, RoleHead: ScopeSchool, RoleSchoolAdmin: ScopeSchool,
		RoleCommuneOfficer: ScopeArea, RoleDeptOfficer: ScopeArea, RoleAdmin: ScopeAll,
	},
	// The department and the administrator find certificates with masked names;
	// a paper would show them whole.
	ActPrintCertificate: {
		RoleStudent: ScopeSelf, RoleTeacher: ScopeClass, RoleSchoolAdmin: ScopeSchool, RoleCommuneOfficer: ScopeArea,
	},
	ActRevokeCertificate: {RoleSchoolAdmin: ScopeSchool, RoleDeptOfficer: ScopeArea, RoleAdmin: ScopeAll},
	ActManageAccounts:    {RoleSchoolAdmin: ScopeSchool, RoleAdmin: ScopeAll},
	ActReadItems:         {RoleDeptOfficer: ScopeArea, RoleAdmin: ScopeAll},
	// Names appear where the actor may read the class; others see numbers.
	ActReadRegrade: {RoleTeacher: ScopeClass, RoleSchoolAdmin: ScopeSchool, RoleDeptOfficer: ScopeArea, RoleAdmin: ScopeAll},
	// Whoever a pupil or a parent talks to writes the request down; the school carries
	// it out, for whoever is at no school the commune in which they live.
	ActFileRequest:    {RoleTeacher: ScopeClass, RoleSchoolAdmin: ScopeSchool, RoleCommuneOfficer: ScopeArea},
	ActHandleRequests: {RoleSchoolAdmin: ScopeSchool, RoleCommuneOfficer: ScopeArea, RoleAdmin: ScopeAll},
	ActLookUpNames:    {RoleCommuneOfficer: ScopeArea, RoleDeptOfficer: ScopeArea, RoleAdmin: ScopeAll},
	ActReadAudit:      {RoleHead: ScopeSchool, RoleSchoolAdmin: ScopeSchool, RoleAdmin: ScopeAll},
	ActPublish:        {RoleDeptOfficer: ScopeArea, RoleAdmin: ScopeAll},
	ActReadPublished:  {RolePartner: ScopeArea},
	ActReadSignOff: {
		RoleHead: ScopeSchool, RoleSchoolAdmin: ScopeSchool, RoleCommuneOfficer: ScopeArea, RoleDeptOfficer: ScopeArea, RoleAdmin: ScopeAll,
	},
	// Each level signs its own month; whoever stands above may with a reason.
	ActApproveMonth: {
		RoleHead: ScopeSchool, RoleSchoolAdmin: ScopeSchool, RoleCommuneOfficer: ScopeArea, RoleDeptOfficer: ScopeArea,
	},
	ActLockMonth:        {RoleDeptOfficer: ScopeArea},
	ActReadDigest:       {RoleDeptOfficer: ScopeArea, RoleAdmin: ScopeAll},
	ActReadClassQuality: {RoleTeacher: ScopeClass, RoleHead: ScopeSchool, RoleSchoolAdmin: ScopeSchool, RoleAdmin: ScopeAll},
	ActReadQuality: {
		RoleHead: ScopeSchool, RoleSchoolAdmin: ScopeSchool, RoleCommuneOfficer: ScopeArea, RoleDeptOfficer: ScopeArea, RoleAdmin: ScopeAll,
	},
	ActOperate: {RoleAdmin: ScopeAll},
}

// sensitive lists the actions that somebody may have to answer for: each has
// operations that write an entry into the audit record (models/audit), and a
// test fails when one has none. Of ActReadNames each household opened is an
// entry; a list of whole names beyond one's own villages, class or school is one
// for each hour (audit.NamesListed).
var sensitive = []Action{
	ActManageAccounts, ActManageSchool, ActImportRoster, ActImportHouseholds, ActMoveHousehold, ActKeepLaptop,
	ActReadNames, ActLookUpNames, ActPrintCertificate, ActRevokeCertificate, ActHandleRequests, ActApproveMonth, ActLockMonth, ActOperate,
}

// Sensitive answers the actions that leave an entry in the audit record.
func Sensitive() []Action { return slices.Clone(sensitive) }

// inLesson lists what a pupil may do who signed in with a class secret, four
// digits or three pictures, at a computer of the school: learn, and no more. It
// narrows the table above and never widens it.
var inLesson = []Action{ActWhoAmI, ActLearn, ActReadCourse}

func everyone(scope ScopeKind) map[Role]ScopeKind {
	m := map[Role]ScopeKind{}
	for _, r := range Roles {
		m[r] = scope
	}
	return m
}

// Grant is one role of an account and where it holds: the class, the school or
// the area, the zero ID for self and all. Until is the first civil day on which
// a delegated role no longer holds, empty for one without an end. Course, for a
// module teacher alone, is the key of the one course that the role is for;
// empty: every course.
type Grant struct {
	Role   Role
	Scope  ScopeKind
	At     ID
	Until  string
	Course string
}

// Actor is who asks: an account, the person behind it (zero for staff without
// a person record) and its grants. The zero Actor may do nothing.
type Actor struct {
	Account ID
	Person  ID
	Name    string // for the history of decisions, never logged
	Grants  []Grant
	Lesson  ID // the lesson session a sign-in by class secret is bound to; else zero
}

// System is the program itself: command line, seeds, background work.
func System() Actor {
	return Actor{Name: "system", Grants: []Grant{{Role: RoleAdmin, Scope: ScopeAll}}}
}

// HasRole tells whether the actor holds the role anywhere.
func (a Actor) HasRole(r Role) bool {
	return slices.ContainsFunc(a.Grants, func(g Grant) bool { return g.Role == r })
}

// RoleFor answers the first of the actor's roles that has the action: what the
// history of a decision says of who decided. Empty when none has it.
func (a Actor) RoleFor(action Action) Role {
	for _, g := range a.Grants {
		if access[action][g.Role] != "" {
			return g.Role
		}
	}
	return ""
}

// AccessMatrix prints the table, one action a line, for the golden file in
// which a reviewer sees every widening.
func AccessMatrix() string {
	actions := make([]string, 0, len(access))
	for a := range access {
		actions = append(actions, string(a))
	}
	slices.Sort(actions)
	var b strings.Builder
	line := func(first string, cell func(Role) string) {
		row := fmt.Sprintf("%-20s", first)
		for _, r := range Roles {
			row += fmt.Sprintf(" %-15s", cell(r))
		}
		b.WriteString(strings.TrimRight(row, " ") + "\n")
	}
	line("action", func(r Role) string { return string(r) })
	for _, a := range actions {
		line(a, func(r Role) string {
			if scope := access[Action(a)][r]; scope != "" {
				return string(scope)
			}
			return string(ScopeNone)
		})
	}
	b.WriteString("by partner token:")
	for _, a := range actions {
		if scope := access[Action(a)][RolePartner]; scope != "" {
			b.WriteString(" " + a + " (" + string(scope) + ")")
		}
	}
	b.WriteString("\nby class secret:")
	for _, a := range inLesson {
		b.WriteString(" " + string(a))
	}
	b.WriteString("\n")
	return b.String()
}
