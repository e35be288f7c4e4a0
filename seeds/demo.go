package seeds

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"nhaso/models"
	"nhaso/models/certificate"
	"nhaso/models/household"
	"nhaso/models/learning"
	"nhaso/models/people"
	"nhaso/models/place"
)

// DemoPassword opens every demo account.
const DemoPassword = "HaLong-2026"

// demoCommune is where the demo school stands: Phường Hồng Gai.
const demoCommune = "06685"

// householdsPerPupil is how large the province must be for the demo commune to
// have a household for every pupil of both classes: a fifth of it lives there.
const householdsPerPupil = 12

// demoWeight is how often the villages of the demo commune are drawn more than
// others.
const demoWeight = 12

// largeDemo is from how many households on the demo commune is large enough
// with villages nearly like the others'.
const largeDemo = 6000

// SignIn is one demo account.
type SignIn struct {
	Role     models.Role `json:"role"`
	Username string      `json:"username"`
	Password string      `json:"password"`
	What     string      `json:"what"`
}

var demoSignIns = []SignIn{
	{models.RoleStudent, "hocsinh", DemoPassword, "học sinh 7A: còn một bài kiểm tra là đủ năm kỹ năng"},
	{models.RoleTeacher, "giaovien", DemoPassword, "giáo viên chủ nhiệm 7A và 8B"},
	{models.RoleSchoolAdmin, "truong", DemoPassword, "quản trị trường"},
	{models.RoleCommuneOfficer, "canbo", DemoPassword, "cán bộ Phường Hồng Gai"},
	{models.RoleDeptOfficer, "sogiaoduc", DemoPassword, "Sở GD&ĐT: toàn tỉnh"},
	{models.RoleTeamMember, "tocongnghe", DemoPassword, "tổ công nghệ số cộng đồng Phường Hồng Gai"},
	{models.RoleAdmin, "admin", DemoPassword, "quản trị hệ thống"},
}

// DemoOptions size the demo; the zero value takes the defaults named.
type DemoOptions struct {
	Households int // 30,000
	Villages   int // 1,452
	Pupils     int // per class, 36
	// History has ten schools of ten communes teach for a term before today, so
	// that maps, trends and item analyses have something to show.
	History bool
	Step    func(what string)
	// RuleTwo is the instant from which rule 2 (with scenarios) decides once the
	// demo is filled; zero: a year later, so that the pupil who is one quiz short
	// of rule 1 can be shown on any day.
	RuleTwo time.Time
}

func (o DemoOptions) withDefaults() DemoOptions {
	if o.Households == 0 {
		o.Households = 30_000
	}
	if o.Villages == 0 {
		o.Villages = min(villageCount, o.Households)
	}
	if o.Pupils == 0 {
		o.Pupils = 36
	}
	if o.Step == nil {
		o.Step = func(string) {}
	}
	return o
}

// Demo fills an empty database with a demo province and answers one sign-in
// per role. On a database that holds the demo already it only opens a new
// lesson session for class 7A, so that the last quiz can be taken again today.
// Errors: KindConflict "not_empty" when the database holds other accounts,
// people or households, "demo_unfinished" when a demo broke off half way;
// KindInvalid field "households" when there are too few for the pupils.
func (h *House) Demo(ctx context.Context, o DemoOptions) ([]SignIn, error) {
	o = o.withDefaults()
	o.Step("areas and courses")
	if err := h.Foundation(ctx); err != nil {
		return nil, err
	}
	done, err := h.demoClass(ctx)
	if err != nil {
		return nil, err
	}
	if !done.IsZero() {
		return demoSignIns, h.keepSessionOpen(ctx, done)
	}
	if o.Households < householdsPerPupil*o.Pupils {
		return nil, models.InvalidField("households", "too_few")
	}
	if err := h.mark(ctx, "demo_started", h.DB.Clock().Today()); err != nil {
		return nil, err
	}
	// What the demo's pupils have passed so far, they passed under rule 1.
	if err := h.Certificates.SetRuleFrom(ctx, h.System, 2, h.DB.Clock().Now().AddDate(1, 0, 0)); err != nil {
		return nil, err
	}
	d := &demo{House: h, size: o, g: newGenerator(20261123)}
	if o.History {
		d.past = d.goBack(daysBack(h.DB.Clock().Now()))
	}
	for _, step := range []struct {
		what string
		run  func(context.Context) error
	}{
		{"villages", d.villages}, {"household register", d.register}, {"a term of lessons", d.term}, {"schools and classes", d.school},
		{"accounts", d.accounts}, {"household links", d.links}, {"consent", d.consents}, {"lessons and quizzes", d.lessons}, {"practice and families", d.families}, {"visits", d.walk}, {"counters", d.finish},
	} {
		o.Step(step.what)
		if err := step.run(ctx); err != nil {
			return nil, fmt.Errorf("%s: %w", step.what, err)
		}
	}
	return demoSignIns, nil
}

// demo is the state while the province is being built.
type demo struct {
	*House
	size      DemoOptions
	g         generator
	places    []place.Village
	hongGai   place.Area
	theSchool place.School
	past      *past // nil without a history
	class7A   place.Class
	class8B   place.Class
	pupils    []Pupil // 7A, then 8B
	teacher   models.Actor
	officer   models.Actor // of the demo commune
	walker    models.Actor // of its digital team
	session   learning.Session
}

func (d *demo) villages(ctx context.Context) (err error) {
	if d.hongGai, err = d.Places.AreaByCode(ctx, demoCommune, ""); err != nil {
		return err
	}
	d.places, err = d.makeVillages(ctx, d.g, d.size.Villages)
	return err
}

// registerAge is how many days the demo's register is old: so that the month
// before today's had its households at its end and can be signed.
const registerAge = 45

func (d *demo) register(ctx context.Context) error {
	// The demo's own commune gets as many households per village as a real one.
	weighted := slices.Clone(d.places)
	house, times := d.House, demoWeight
	if d.past != nil {
		house = d.past.House
	}
	if d.size.Households >= largeDemo {
		times = 2
	}
	for _, v := range d.places {
		for range times {
			if v.CommuneID == d.hongGai.ID {
				weighted = append(weighted, v)
			}
		}
	}
	file, err := RegisterFile(weighted, d.size.Households, 1)
	if err != nil {
		return err
	}
	asOf := models.Day(d.DB.Clock().Now().AddDate(0, 0, -registerAge))
	if d.past != nil {
		asOf = models.Day(d.past.start)
	}
	report, err := house.Households.ImportRegister(ctx, d.System, household.RegisterFile{
		Source: "Sổ hộ minh họa (dữ liệu sinh ngẫu nhiên)", AsOf: asOf,
	}, bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return err
	}
	if len(report.Errors) > 0 {
		return fmt.Errorf("row %d: %s %s", report.Errors[0].Row, report.Errors[0].Column, report.Errors[0].Reason)
	}
	return nil
}

func (d *demo) school(ctx context.Context) (err error) {
	d.theSchool, err = d.Places.CreateSchool(ctx, d.System, place.NewSchool{
		Code: "22THCS001", Name: "Trường THCS Bài Thơ (minh họa)", Type: "thcs", CommuneCode: demoCommune,
	})
	if err != nil {
		return err
	}
	var pupils []Pupil
	if d.class7A, pupils, err = d.NewClass(ctx, d.g, d.theSchool, 7, "7A", d.size.Pupils); err != nil {
		return err
	}
	d.pupils = pupils
	if d.class8B, pupils, err = d.NewClass(ctx, d.g, d.theSchool, 8, "8B", d.size.Pupils); err != nil {
		return err
	}
	d.pupils = append(d.pupils, pupils...)
	return nil
}

func (d *demo) accounts(ctx context.Context) error {
	hash, err := d.hasher.Hash(ctx, DemoPassword)
	if err != nil {
		return err
	}
	province, err := d.Places.AreaByCode(ctx, "22", "")
	if err != nil {
		return err
	}
	class := func(id models.ID) models.Grant {
		return models.Grant{Role: models.RoleTeacher, Scope: models.ScopeClass, At: id}
	}
	area := func(role models.Role, id models.ID) []models.Grant {
		return []models.Grant{{Role: role, Scope: models.ScopeArea, At: id}}
	}
	list := []people.NewAccount{
		{Username: "giaovien", DisplayName: "Cô Trần Thu Hà", Grants: []models.Grant{class(d.class7A.ID), class(d.class8B.ID)}},
		{Username: "truong", DisplayName: "Thầy Vũ Minh Sơn", Grants: []models.Grant{{Role: models.RoleSchoolAdmin, Scope: models.ScopeSchool, At: d.theSchool.ID}}},
		{Username: "canbo", DisplayName: "Phạm Thị Lan", Grants: area(models.RoleCommuneOfficer, d.hongGai.ID)},
		{Username: "tocongnghe", DisplayName: "Đỗ Văn Tùng", Grants: area(models.RoleTeamMember, d.hongGai.ID)},
		{Username: "sogiaoduc", DisplayName: "Nguyễn Quang Huy", Grants: area(models.RoleDeptOfficer, province.ID)},
		{Username: "admin", DisplayName: "Quản trị", Grants: []models.Grant{{Role: models.RoleAdmin, Scope: models.ScopeAll}}},
	}
	for i, p := range d.pupils {
		n := people.NewAccount{DisplayName: p.Name, PersonID: p.Person, Grants: []models.Grant{{Role: models.RoleStudent, Scope: models.ScopeSelf}}}
		if i == 0 {
			n.Username = "hocsinh"
		}
		list = append(list, n)
	}
	for i := range list {
		list[i].SecretHash = hash
	}
	made, err := d.People.CreateAccounts(ctx, d.System, list)
	if err != nil {
		return err
	}
	actor := func(i int) models.Actor {
		return models.Actor{Account: made[i].ID, Name: made[i].DisplayName, Grants: list[i].Grants}
	}
	d.teacher, d.officer, d.walker = actor(0), actor(2), actor(3)
	return d.classSecrets(ctx)
}

// links gives each pupil a household of Phường Hồng Gai; every ninth shares
// one with the pupil before, as siblings do. Most are confirmed.
func (d *demo) links(ctx context.Context) error {
	codes, err := d.householdCodes(ctx, len(d.pupils))
	if err != nil {
		return err
	}
	for i, pupil := range d.pupils {
		code := codes[i]
		if i%9 == 8 {
			code = codes[i-1]
		}
		if i%6 == 5 {
			continue // nobody has asked this pupil yet
		}
		link, err := d.Households.ClaimFor(ctx, d.teacher, household.NewClaim{PersonID: pupil.Person, HouseholdCode: code, Relation: "child"})
		if err != nil {
			return err
		}
		if i%6 == 4 {
			continue // still to be confirmed
		}
		if _, err := d.Households.Decide(ctx, d.teacher, link.ID, true, ""); err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) householdCodes(ctx context.Context, most int) ([]string, error) {
	var codes []string
	err := d.DB.Read(ctx).Raw(`SELECT h.code FROM households h JOIN village_communes vc ON vc.village_id = h.village_id
		WHERE vc.commune_id = ? AND vc.valid_to = ? ORDER BY h.external_ref LIMIT ?`, d.hongGai.ID, models.Forever, most).Scan(&codes).Error
	if err == nil && len(codes) < most {
		err = fmt.Errorf("only %d households in the demo commune", len(codes))
	}
	return codes, err
}

// lessons lets a third of 7A pass all five skills, and the others some.
func (d *demo) lessons(ctx context.Context) (err error) {
	now := d.DB.Clock().Now()
	for _, course := range d.Catalog.Courses {
		if course.Level != "thcs" {
			continue
		}
		_, err := d.Learning.Assign(ctx, d.teacher, learning.NewAssignment{
			ID: models.NewID(now), ClassID: d.class7A.ID, CourseKey: course.Key, Terms: learning.Terms{OpensAt: now, DueAt: now.AddDate(0, 0, 14), Release: "at_once"},
		})
		if err != nil {
			return err
		}
	}
	if d.session, err = d.openSession(ctx, d.teacher, d.class7A.ID); err != nil {
		return err
	}
	for i, pupil := range d.pupils[:d.size.Pupils] {
		skills := certificate.Skills
		switch {
		case i == 0: // hocsinh: the last one is left for the visitor
			skills = []string{"public_services", "online_shopping", "online_payment", "local_platforms"}
		case i%3 != 1:
			skills = skills[:d.g.IntN(4)]
		}
		if err := d.PassSkills(ctx, pupil, d.session, "thcs", skills...); err != nil {
			return fmt.Errorf("pupil %d: %w", i, err)
		}
	}
	return d.Learn(ctx, d.pupils[0], "self_protection-thcs")
}

func (h *House) openSession(ctx context.Context, teacher models.Actor, class models.ID) (learning.Session, error) {
	return h.Learning.OpenSession(ctx, teacher, learning.NewSession{ID: models.NewID(h.DB.Clock().Now()), ClassID: class, Minutes: 240})
}

// finish dates rule 2, folds the ledger and leaves the mark by which the demo
// is known.
func (d *demo) finish(ctx context.Context) error {
	if !d.size.RuleTwo.IsZero() {
		if err := d.Certificates.SetRuleFrom(ctx, d.System, 2, d.size.RuleTwo); err != nil {
			return err
		}
	}
	if _, err := d.Coverage.Fold(ctx); err != nil {
		return err
	}
	if _, err := d.Coverage.BeginPublishing(ctx, d.System); err != nil {
		return err
	}
	return d.mark(ctx, "demo_class", d.class7A.ID.String())
}
