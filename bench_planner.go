package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"strings"
	"time"

	"nhaso/models"
	"nhaso/models/outreach"
	"nhaso/models/place"
	"nhaso/seeds"
)

// plannerEvery says which households have pupils: one in four, and every second
// of these two of them, so that 400,000 households have 150,000 pupils.
const plannerEvery = 4

// planner measures plans for a commune and for the whole province, read from
// the database and chosen, on SQLite.
func (b *bench) planner() error {
	house, err := b.emptyHouse("planner.db")
	if err != nil {
		return err
	}
	defer house.DB.Close()
	return b.plans(house, "", "ANALYZE")
}

// plannerMariaDB is planner on the server of NHASO_BENCH_MYSQL.
func (b *bench) plannerMariaDB() error {
	server := os.Getenv("NHASO_BENCH_MYSQL")
	if server == "" {
		b.skip("planner_commune_mariadb, planner_province_mariadb: NHASO_BENCH_MYSQL is not set; `make bench` starts a server and sets it")
		return nil
	}
	name := fmt.Sprintf("nhaso_plan_%d", os.Getpid())
	admin, err := sql.Open("mysql", server)
	if err != nil {
		return err
	}
	defer admin.Close()
	if _, err := admin.Exec("CREATE DATABASE " + name + " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"); err != nil {
		return err
	}
	defer admin.Exec("DROP DATABASE " + name) //nolint:errcheck // a leftover of a temporary server
	house, err := b.emptyHouseAt(server + name)
	if err != nil {
		return err
	}
	defer house.DB.Close()
	return b.plans(house, "_mariadb", "ANALYZE TABLE households, persons, enrolments, household_links, skill_passes, certificates")
}

func (b *bench) plans(house *seeds.House, suffix, analyze string) error {
	villages, err := house.Villages(b.ctx)
	if err != nil {
		return err
	}
	if err := b.plannerRows(house, villages, analyze); err != nil {
		return err
	}
	for _, at := range []struct{ name, code string }{{"planner_commune" + suffix, villages[0].CommuneCode}, {"planner_province" + suffix, "22"}} {
		var took []float64
		var plan outreach.AreaPlan
		for range b.Rounds {
			start := time.Now()
			if plan, err = house.Outreach.PlanArea(b.ctx, house.System, at.code, outreach.PlanWish{}); err != nil {
				return err
			}
			took = append(took, time.Since(start).Seconds()*1000)
		}
		if plan.Alphabetical == 0 {
			return fmt.Errorf("%s: nothing planned", at.name)
		}
		b.add(benchResult{Name: at.name, Value: median(took), Unit: "ms",
			Note: fmt.Sprintf("%d households; %d pupils bring %d, as many by alphabet %d: factor %.2f", plan.Registered, plan.Pupils, plan.Households,
				plan.Alphabetical, float64(plan.Households)/float64(plan.Alphabetical))})
	}
	return nil
}

// plannerRows writes households, pupils, links and passes: most links confirmed,
// the pupils who are not certified with none to four skills.
func (b *bench) plannerRows(house *seeds.House, villages []place.Village, analyze string) error {
	pool, err := house.DB.Pool()
	if err != nil {
		return err
	}
	school, err := house.Places.CreateSchool(b.ctx, house.System, place.NewSchool{Code: "22PLAN", Name: "Trường thử", Type: "thcs", CommuneCode: "06685"})
	if err != nil {
		return err
	}
	now := b.clock.Now()
	for n := 0; n < b.Households; n += 5000 {
		err := bareTx(b.ctx, pool, func(tx *sql.Tx) error {
			w := plannerWriter{ctx: b.ctx, tx: tx, now: now, school: school.ID}
			for i := n; i < min(n+5000, b.Households); i++ {
				w.household(i, villages[i*len(villages)/b.Households].ID)
			}
			return w.err
		})
		if err != nil {
			return err
		}
	}
	_, err = pool.ExecContext(b.ctx, analyze)
	return err
}

type plannerWriter struct {
	ctx    context.Context
	tx     *sql.Tx
	now    time.Time
	school models.ID
	err    error
}

func (w *plannerWriter) exec(query string, args ...any) {
	if w.err == nil {
		_, w.err = w.tx.ExecContext(w.ctx, query, args...)
	}
}

// household writes one household with its pupils; one in three of these
// households is covered by its first pupil.
func (w *plannerWriter) household(i int, village models.ID) {
	id := models.NewID(w.now)
	members, known, covered := 0, 0, 0
	if n := i / plannerEvery; i%plannerEvery == 0 {
		members = 1 + n%2
		if !onlyClaimed(i) {
			known = 1
		}
		if n%3 == 0 {
			covered = 1
		}
	}
	w.exec(`INSERT INTO households (id, code, village_id, village_since, head_name, head_fold, head_sort, state, known, covered, version, created_at, updated_at)
		VALUES (?,?,?,'2026-01-01','Nguyễn Văn An','nguyen van an','an','active',?,?,1,?,?)`, id, models.NewCode(10), village, known, covered, w.now, w.now)
	for m := range members {
		w.pupil(id, i, covered == 1 && m == 0)
	}
}

// onlyClaimed says which households nobody has confirmed a pupil of.
func onlyClaimed(i int) bool { return i%3 == 1 && i%8 == 4 }

func (w *plannerWriter) pupil(household models.ID, i int, certified bool) {
	id := models.NewID(w.now)
	sort := strings.Repeat(string(rune('a'+i*7919%26)), 4) + id.String()
	w.exec("INSERT INTO persons (id, full_name, name_fold, sort_key, created_at, updated_at) VALUES (?,'Trần Minh Anh','tran minh anh',?,?,?)", id, []byte(sort), w.now, w.now)
	w.exec(`INSERT INTO enrolments (id, person_id, school_id, class_id, school_year, from_date, to_date, live) VALUES (?,?,?,?,'2026-2027','2026-08-01','9999-12-31',1)`,
		models.NewID(w.now), id, w.school, w.school)
	state, skills := "confirmed", i%5
	if onlyClaimed(i) {
		state = "claimed"
	}
	w.exec(`INSERT INTO household_links (id, household_id, person_id, relation, state, live, claimed_role, claimed_at, decided_name, decided_role, reason, from_date, to_date)
		VALUES (?,?,?,'child',?,1,'student',?,'','','','2026-09-01','9999-12-31')`, models.NewID(w.now), household, id, state, w.now)
	if certified {
		skills = 5
		w.exec(`INSERT INTO certificates (id, code, person_id, holder_name, holder_fold, school_name, class_name, rule_version, issued_at, state, live, hash)
			VALUES (?,?,?,'','','','',1,?,'valid',1,'')`, models.NewID(w.now), models.NewCode(9), id, w.now)
	}
	for s := range skills {
		w.exec(`INSERT INTO skill_passes (id, person_id, seq, skill, rule_version, attempt_id, course_key, course_hash, attempt_hash, score, passed_at, hash)
			VALUES (?,?,?,?,1,?,'','','',100,?,'')`, models.NewID(w.now), id, s+1, fmt.Sprint("skill", s), models.NewID(w.now), w.now)
	}
}
