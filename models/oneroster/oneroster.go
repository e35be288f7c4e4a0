// Package oneroster reads and writes the CSV bundles by which school programs
// exchange class lists: OneRoster 1.1 and 1.2, in bulk. It is pure: bytes in,
// lines out, and the other way round. What a bundle holds beside pupils in
// classes is named, never taken over in silence.
package oneroster

import (
	"time"

	"nhaso/models"
)

// The versions of the standard that are read and written.
const (
	V11 = "1.1"
	V12 = "1.2"
)

// Roster is a school's pupils, to be written.
type Roster struct {
	School     Org
	SchoolYear string // "2026-2027"
	Classes    []Class
	Pupils     []Pupil
	At         time.Time
}

// Org is a school.
type Org struct {
	ID         models.ID
	Code, Name string
}

// Class is a class of one school year; Title is its name, "7A1".
type Class struct {
	ID    models.ID
	Title string
	Grade int
}

// Pupil is somebody in a class. Code is the ministry's, SchoolCode the school's
// own number, BirthDate a civil day; Gender "male", "female" or empty.
type Pupil struct {
	ID, ClassID      models.ID
	Code, SchoolCode string
	FullName         string
	BirthDate        string
	Gender           string
	Username         string
}

// Bundle is what was read: the pupils in classes, and what else it held.
type Bundle struct {
	Version string
	Lines   []Line
	Notes   []Note   // rows that were not taken, with the reason
	Dropped []string // columns with content that are not kept, "users.csv: email"
}

// Line is one pupil in one class, with where it stands in users.csv.
type Line struct {
	Row                        int
	Code, SchoolCode, FullName string
	BirthDate, Gender          string
	Class, Grade               string
	School, SchoolCodeOfOrg    string
	SchoolYear                 string // "2026-2027", empty when the bundle does not say
	Left                       bool   // marked to be deleted
}

// Note names a place in the bundle and a reason code.
type Note struct {
	File   string
	Row    int
	Column string
	Reason string
}

// The files, with the columns in the order of the standard.
const (
	fileManifest    = "manifest.csv"
	fileSessions    = "academicSessions.csv"
	fileOrgs        = "orgs.csv"
	fileCourses     = "courses.csv"
	fileClasses     = "classes.csv"
	fileUsers       = "users.csv"
	fileRoles       = "roles.csv"
	fileEnrollments = "enrollments.csv"
	fileDemographic = "demographics.csv"
)

var columns = map[string]string{
	fileSessions:    "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear",
	fileOrgs:        "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId",
	fileCourses:     "sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes",
	fileClasses:     "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods",
	fileEnrollments: "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate",
	fileDemographic: "sourcedId,status,dateLastModified,birthDate,sex,americanIndianOrAlaskaNative,asian,blackOrAfricanAmerican,nativeHawaiianOrOtherPacificIslander,white," +
		"demographicRaceTwoOrMoreRaces,hispanicOrLatinoEthnicity,countryOfBirthCode,stateOfBirthAbbreviation,cityOfBirth,publicSchoolResidenceStatus",
	fileRoles: "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId",
}

const (
	users11 = "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password"
	users12 = "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password," +
		"userMasterIdentifier,resourceSourcedIds,preferredGivenName,preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns"
)

// manifestFiles are the files that a manifest speaks of, in its order.
var manifestFiles = map[string][]string{
	V11: {"academicSessions", "categories", "classes", "classResources", "courses", "courseResources", "demographics", "enrollments", "lineItems", "orgs", "resources", "results", "users"},
	V12: {"academicSessions", "categories", "classes", "classResources", "courses", "courseResources", "demographics", "enrollments", "lineItemLearningObjectiveIds", "lineItems",
		"lineItemScoreScales", "orgs", "resources", "resultLearningObjectiveIds", "results", "resultScoreScales", "roles", "scoreScales", "userProfiles", "userResources", "users"},
}

// schoolNumber is the type under which the school's own number of a pupil
// travels in userIds, "{schoolNumber:HS01}".
const schoolNumber = "schoolNumber"
