/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_COMMANDS_INTERNAL_H
#define PASSTHRU_COMMANDS_INTERNAL_H

#include "boot/boot.h"
#include "cmdline/cmdline.h"
#include "edit/edit.h"
#include "host.h"
#include "initramfs/initramfs.h"
#include "machine/machine.h"
#include "outlook/outlook.h"
#include "trials/trials.h"
#include "view/view.h"

/* What only the files of this folder share. */

/* -- configure ----------------------------------------------------------------------- */

/* The word that turns the IOMMU on, in files that have kernel command lines. */
struct iommu_edit {
	const char *word; /* NULL: the next boot needs none; static */
	struct change *changes;
	size_t count;
	bool needs_grub;      /* GRUB's menu must be generated again */
	const char *variable; /* of GRUB's defaults, that gets the word; static */
	char obstacle[768];   /* why the word cannot be added, or "" */
};

/*
 * What passthru enable and disable share: they change the configuration in the image,
 * which no boot loader has to know of, and rebuild the images.
 */
struct work {
	struct host *host;
	struct machine machine; /* with the devices that are chosen */
	struct change change;	/* of CONFIGURATION_FILE, or of a profile */
	struct change groups;	/* of GROUPS_FILE */
	/* Of the files of a trial. */
	struct change *of_trial;
	size_t of_trial_count;
	struct iommu_edit iommu;
	struct trial trial; /* that is begun, with its token; else without */
	struct trial ended; /* the same for the one that was pending */
	char backup[BACKUP_PATH_SIZE];
	bool takes_devices; /* what the host would miss is said first */
	char *parameter;    /* what it adds, if not the items of all chosen devices */
	/* Of disable: paths of what still asks for the devices; each is freed. */
	char **requesters;
	size_t requester_count;
};

/* What a part of the configuration requests. */
struct request {
	struct params params;
	char *text; /* params points into it */
};

/* Returns 0 or -ENOMEM; release with configure_free_request() in either case. */
int configure_parse(const char *text, struct request *ret);
void configure_free_request(struct request *request);

/*
 * What the changed file is a part of: the text, which the caller frees, and the path for
 * messages. Returns 0 or a negative errno.
 */
int configure_read(const struct work *work, char **ret_text);
const char *configure_source(const struct work *work);

/* Reads both files; they need not exist. Returns whether that worked; says why not. */
bool configure_open(struct work *work);

/* The file becomes this text, which is owned; NULL removes it. */
void configure_set(struct change *change, char *text);

/*
 * Prints the change and makes it, but for a dry run; rebuilds the images; shows the next
 * boot. If there is no change, says that the path does what the phrase unchanged says.
 * Returns an exit status.
 */
int configure_finish(struct work *work, const char *path, const char *unchanged);

/* Runs the command, or --undo. Returns an exit status, as change() does. */
int configure_run(struct host *host, int (*change)(struct work *work));

/* -- iommu --------------------------------------------------------------------------- */

/* Lists what enable has added, and where: lines "WORD VARIABLE PATH", "-" for none. */
#define IOMMU_FILE "var/lib/passthru/iommu"

/*
 * What adds the word that the next boot lacks to the command lines of all boots of this
 * system but those for rescue; without any changes if there is an obstacle. And what
 * takes the words out again that were added, but for files that cannot be edited any
 * more: these stay in the list, and the first of them is the obstacle. Return 0 or a
 * negative errno; release with iommu_edit_free() in either case.
 */
int iommu_edit_add(const struct host *host, const struct machine *machine,
		   struct iommu_edit *ret);
int iommu_edit_remove(const struct host *host, struct iommu_edit *ret);

/* Once the changes are made: whether the next boot has the word, if that can be known. */
bool iommu_is_added(const struct host *host, const struct machine *machine);

/* What to add to such an advice where enable --iommu can follow it; "" elsewhere. */
const char *iommu_hint(const char *advice);
void iommu_edit_free(struct iommu_edit *edit);

/*
 * In preview_conflict.c: the word without which a boot with that command line leaves the
 * IOMMU off, or leaves chosen graphics out of it (static); or NULL.
 */
const char *iommu_find_word(const struct host *host, const struct machine *machine,
			    const char *cmdline);

/* -- trial --------------------------------------------------------------------------- */

/*
 * Of enable: makes the change a trial, with what is in force now as what counts without
 * it; or without --trial ends the one that is pending, so that the configuration counts
 * for good. Both fill in of_trial; call them after the change of CONFIGURATION_FILE is
 * known. Return an exit status; they say why not.
 */
int trial_change(struct work *work);
int trial_end(struct work *work);

/* Whether a file of a trial changes. */
bool trial_is_changed(const struct work *work);

/* What becomes of trials, for people: before the change, and after it. */
bool trial_print_changes(const struct work *work);
void trial_print_next(const struct work *work);

/*
 * In trial_end.c: once the files are changed and the images are built: this boot is no
 * trial any more if the one with the token was ended, and the EFI variables of passthru
 * that neither the configuration nor an image names go. The token may be "".
 */
void trial_clean_up(const struct host *host, const char *token);

/* Removes the directories that a trial leaves empty. */
void trial_remove_directories(int root_fd);

/*
 * Removes the words of a trial from all files of the configuration, and what was kept
 * from before it: changes, which are appended. Return whether that worked; say why not.
 */
bool trial_add_removals(int root_fd, struct change **changes, size_t *count);

/* In trial_state.c: what becomes of a trial, with a sentence, or "". */
#define TRIAL_TEXT_SIZE 512

/*
 * The trial of this boot as it is now: what the report has of it may have been confirmed
 * or ended since. Its verdict is TRIAL_NONE then, and without one.
 */
struct trial trial_find_boot(const struct host *host, const struct trial *reported);
void trial_describe_boot(const struct host *host, const struct trial *boot,
			 char text[static TRIAL_TEXT_SIZE]);

/*
 * The trial of a configuration in the next boot: TRIAL_PLANNED, if that boot tries it,
 * TRIAL_CONFIRMED, TRIAL_IGNORED, or TRIAL_NONE. The sentence has no end.
 */
struct trial trial_find_next(const struct host *host, const char *configuration);
void trial_describe_next(const struct host *host, const struct trial *trial,
			 char text[static TRIAL_TEXT_SIZE]);

/* Whether it is the one that this boot tries, and nobody has confirmed it. */
bool trial_is_of_this_boot(const struct host *host, const struct trial *trial);

/* Adds it as "trial"; null without a verdict. */
void trial_add_json(struct json_object *top, const struct trial *trial, const char *text);

/* -- virtual functions --------------------------------------------------------------- */

/* In enable_vfs.c: passthru enable with --vfs. */
int enable_vfs(struct work *work);

/*
 * Reads the number that --vfs has; 0 is "any", as many as others make. Returns whether it
 * is valid; says why not.
 */
bool vfs_parse_count(const char *text, unsigned *ret_count);

/*
 * Reads the machine and chooses the devices that the command line names, which must be
 * able to have so many virtual functions. Returns an exit status, after a warning if it
 * is not STATUS_GOOD; release with machine_free() in either case.
 */
int vfs_choose(const struct host *host, unsigned count, struct machine *ret);

/*
 * In claim_vfs.c: passthru claim with --vfs and release of physical functions. Chooses
 * their virtual functions, of which the caller makes sure that nobody uses them, in place
 * of the named ones. The same results as vfs_choose().
 */
int vfs_choose_for_claim(const struct host *host, struct machine *ret);
void vfs_choose_for_release(const struct host *host, struct machine *machine);

/* Whether a claim would remove virtual functions that are there, to make others. */
bool vfs_are_replaced(const struct host *host, const struct machine *machine);

/*
 * From which virtual functions this boot keeps the host's drivers; and lets these bind
 * new ones again, once none of a physical function is claimed.
 */
void vfs_note_silenced(const struct host *host, struct machine *machine);
void vfs_let_bind(const struct host *host, int bus_fd);

/* passthru release --vfs 0: removes them. Returns an exit status. */
int vfs_remove(const struct host *host, struct machine *machine);

/* -- adopt --------------------------------------------------------------------------- */

/* In enable_adopt.c: passthru enable with --adopt. */
int enable_adopt(struct work *work);

/* -- scripts ------------------------------------------------------------------------- */

/*
 * Calls back for a file or, with a suffix, for each file in the directory that ends so,
 * and in the directories in it: drop-ins of units.
 */
void scripts_each(int root_fd, const char *path, const char *suffix,
		  void (*each)(void *data, const char *path), void *data);

/* The beginning of a regular file, freed by the caller; NULL if it cannot be read. */
char *scripts_read(int root_fd, const char *path);

/*
 * The number of the first line that has the word and is no comment, from 1, and that
 * line; 0 if there is none.
 */
size_t scripts_find_line(const char *text, const char *word, struct text_cursor *ret);

/* -- settings ------------------------------------------------------------------------ */

/* Whether the values of --bar0, --reset and so on are valid; says why not. */
bool settings_are_valid(const struct arguments *arguments);

/*
 * Adds lines with these settings of the chosen devices to the change, in place of those
 * that the file has of them. params is what is configured. Returns 0 or -ENOMEM.
 */
int enable_settings(struct work *work, const struct params *params);

/* -- findings ------------------------------------------------------------------------ */

/* The results of passthru check. */
enum finding_state {
	FINDING_OK,
	FINDING_NOTE, /* it cannot be checked, or may be intended */
	FINDING_TODO, /* the user must fix it */
};

struct findings {
	const struct host *host;
	const struct machine *machine;
	struct json_object *items; /* for --json, else NULL */
	unsigned todo_count;
	bool has_legacy; /* legacy settings request devices */
};

/* Prints a finding, or adds it to items. about is a word or two, the rest a phrase. */
void findings_add(struct findings *findings, enum finding_state state, const char *about,
		  const char *format, ...) _printf_(4, 5);

/* One aspect each, in a file of that name. */
void check_kernels(struct findings *findings);
void check_images(struct findings *findings);
void check_cmdline(struct findings *findings);

/* Whether the configuration is on trial, and can be. */
void check_trial(struct findings *findings);

/* What else resizes BARs, chooses reset methods and so on. */
void check_settings(struct findings *findings);

/* Boot entries that choose profiles, the next one among them, and what they choose. */
void check_profiles(struct findings *findings, const struct boot_source *next,
		    const struct configuration *configuration);

/* What makes virtual functions besides passthru; next is the next boot. */
void check_vfs(struct findings *findings, const struct boot_source *next,
	       const struct params *params);

/*
 * In migrate.c, so that no other command needs migrate/. The first reads the legacy
 * settings, for all that follows; NULL if that fails. The second one frees them.
 */
struct migration;
struct migration *check_read_legacy(struct findings *findings);
void check_legacy(struct findings *findings, struct migration *legacy);

/* -- remarks ------------------------------------------------------------------------- */

void remarks_print(const struct output *output, const struct outlook *outlook);

/* Those about new images only, which are about no device. */
void remarks_print_of_images(const struct output *output, const struct outlook *outlook);

/* Adds them to the object as an array. */
void remarks_add(const struct outlook *outlook, struct json_object *object);

/*
 * Whether a change may be made: there is no warning, --yes was given, or the user has
 * confirmed it on the terminal. Where nobody can be asked, prints the remarks and the
 * command with --yes. Asks nothing in a dry run.
 */
bool remarks_confirm(const struct host *host, const struct outlook *outlook, bool is_dry);

/* -- guest --------------------------------------------------------------------------- */

/* What passthru guest prints for. */
enum guest_format { GUEST_LIBVIRT, GUEST_QEMU, GUEST_PROXMOX, GUEST_KUBEVIRT };

/* A function that a guest gets, in the order of the addresses on the host. */
struct guest_function {
	const struct device *device;
	struct vfio_nodes nodes;
	unsigned card;	   /* which slot of the guest, from 0 */
	unsigned function; /* its number there */
	bool is_first;	   /* of the slot */
	bool has_next;	   /* another one is in the slot, and follows in the array */
	const char *rom;   /* the path of a file, or NULL */
};

/* Proxmox has no more. */
#define GUEST_CARDS_MAX 16

struct guest {
	const struct host *host;
	struct machine machine;
	struct guest_function *functions;
	size_t count;
	unsigned card_count;
	enum guest_format format;
	bool has_iommufd; /* QEMU shall use that */
	char *rom;	  /* owned */
	struct outlook outlook;
};

/* In guest_print.c: writes it in its format. */
void guest_put(const struct guest *guest, FILE *file);

/* -- prompt -------------------------------------------------------------------------- */

#define PROMPT_SIZE 64

/*
 * Asks for a line, without its end. Returns false at the end of the input. What is longer
 * is cut.
 */
bool prompt_read(const char *question, char answer[static PROMPT_SIZE]);

/* Asks for "y" or "yes"; all else is no. */
bool prompt_confirm(const char *question);

/* -- list ---------------------------------------------------------------------------- */

/* What passthru list prints: the devices that match one of the filters. */
struct list {
	struct host *host;
	struct machine machine;
	struct filter *filters;
	size_t filter_count;	 /* 0: all devices */
	struct preview *preview; /* of the next boot, or NULL if it is not known */
	struct trial trial;	 /* of this boot */
	char trial_text[TRIAL_TEXT_SIZE];
};

/*
 * A phrase about the virtual functions of a physical one that are there: "7 virtual
 * functions, 7 claimed: 00:02.1 to 00:02.7"; "" without any. skip is what addresses are
 * printed without.
 */
#define VFS_TEXT_SIZE 320
void list_describe_vfs(const struct list *list, const struct device *physical,
		       size_t skip, char text[static VFS_TEXT_SIZE]);

/* "can be set: bar0 256M (256M to 8G), reset flr+bus, d3cold on, power auto", or "". */
void list_describe_settings(const struct host *host, const struct device *device,
			    char *text, size_t size);

bool list_has(const struct list *list, const struct device *device);

/* What the next boot changes. */
enum next_boot {
	NEXT_BOOT_SAME, /* or it is not known */
	NEXT_BOOT_CLAIMS,
	NEXT_BOOT_RELEASES, /* what this boot has claimed */
};

/* Makes the preview. If it cannot be made, nothing is known. */
void list_read_next_boot(struct list *list);

enum next_boot list_next_boot(const struct list *list, const struct device *device);

/* Prints them for people. Returns the number of devices. */
size_t list_print(const struct list *list);

/* -- preview ------------------------------------------------------------------------- */

/* What is taken to be different from the files. */
struct plan_changes {
	const struct change *configuration; /* as if that were made, or NULL */
	bool is_migrated; /* as if the legacy settings on the command line were */
	const char *word; /* as if the command line had that, too; or NULL */
	bool is_quick;	  /* as if the image had all that it needs: it is not read */
	const struct change *changes; /* all that migrate makes */
	size_t change_count;
	const struct boot_source *entry; /* of another boot than the next one, or NULL */
	const char *profile;		 /* of a boot that chooses it, or NULL */
};

/* What the next boot will do. */
struct preview {
	struct view view; /* of the result */
	struct boot_sources sources, entries;
	const struct boot_source *source; /* of the command line */
	const char *title;		  /* "Next boot" or another one */
	bool is_assumed; /* no entry chooses the profile: the next one, as if it did */
	struct boot_source given; /* that source, with --cmdline */
	const char *cmdline;
	struct trial trial; /* of the configuration */
	char trial_text[TRIAL_TEXT_SIZE];
	char *before_trial;	    /* what counts without it, or NULL */
	struct whole_cmdline whole; /* with the configuration */
	char *rewritten;	    /* without legacy settings, or NULL */
	struct params params;
	bool iommu_pending; /* it is off now and will be on */
	bool is_dry;	    /* passthru.dryrun is among the parameters */
	struct run_result result;
	struct devspec
		*missing; /* what no disk has, if there are disks that nobody saw */
	size_t missing_count;
	struct companions *companions;
	size_t companions_count;
	struct unlocking *unlockings; /* if the images change */
	size_t unlocking_count;
	struct outlook outlook; /* empty if the preview could not be made */
	const char *empty;	/* why there is nothing to show, or NULL; static */
	bool has_image;		/* what the image has counts: it is the boot as it is */
	struct initramfs initramfs; /* what that boot loads then */
	char image_note[768];	    /* what is not known of it, or "" */
	char absence[768]; /* why nothing will be claimed, whatever is requested, or "" */
	/* How the configuration in the image differs from the one in the files, or "" */
	char outdated[768];
	bool has_conflict;  /* that is due to something else on the command line */
	const char *unread; /* the file that preview_make() could not read, or NULL */
	int error;	    /* a negative errno of preview_make(), or 0 */
};

/*
 * Dry-runs the next boot, and reads the needs of the system if they matter. Returns NULL
 * without memory; what else went wrong, plan_print() says. The machine must live as
 * long; release with preview_free().
 */
struct preview *preview_new(const struct host *host, struct machine *machine,
			    const struct plan_changes *changes);
void preview_free(struct preview *preview);

/* In preview_image.c and preview_conflict.c, for preview_new(). */

/*
 * Reads the image, and notes what is not known of it; only for the boot as it is. Returns
 * 0 or -ENOMEM.
 */
int preview_read_image(struct preview *preview, const struct plan_changes *changes);

/* The configuration that starts in that boot: the image's, or else that of the files. */
const struct configuration *
preview_choose_configuration(struct preview *preview,
			     const struct configuration *configuration);

/*
 * If it is on trial: notes what becomes of that. Returns what counts, which the preview
 * owns if it is another one; NULL without memory.
 */
const char *preview_try_configuration(struct preview *preview, const char *configuration);

/* Whether the image has the module vendor-reset. */
struct reset_module preview_find_reset(const struct preview *preview);

/* Sets absence if the image claims nothing. */
void preview_find_absence(struct preview *preview);

/* Whether there is an IOMMU that is off now but on with the command line. */
bool preview_is_iommu_pending(const struct preview *preview);

/* Sets absence and has_conflict if the command line lets nothing be claimed. */
void preview_find_conflict(struct preview *preview);

/* -- plan ---------------------------------------------------------------------------- */

/* Prints the preview, with or without its remarks. Returns an exit status. */
int plan_print(const struct preview *preview, bool with_remarks);

/*
 * The same without printing it: whether all devices will be as requested. Says why the
 * preview could not be made.
 */
bool plan_is_as_requested(const struct preview *preview);

/*
 * Whether passthru plan would exit with 0, without printing it. Calls back with each
 * limit of a device that will be claimed, see limits_each(), each remark, and with why a
 * device is not claimed or a group cannot be given to a guest.
 */
bool plan_is_good(const struct host *host, struct machine *machine,
		  void (*each)(void *data, const char *text), void *data);

/* -- status -------------------------------------------------------------------------- */

/* What decides about this boot; see passthru(8), JSON OUTPUT. */
enum boot_state {
	BOOT_AS_REPORTED, /* the report tells whether all is well */
	BOOT_NOT_REQUESTED,
	BOOT_NOT_YET,  /* the first request waits for a reboot */
	BOOT_OUTDATED, /* it has another configuration than the files have now */
	BOOT_NOT_RUN,  /* without passthru-early, or without an older configuration */
	BOOT_DRY_RUN,
	BOOT_TRIAL_IGNORED, /* the configuration is on trial and did not count */
	BOOT_UNREADABLE,    /* the report is */
};

/* What passthru status found. */
struct status {
	struct view view; /* without a result if there is no report */
	struct run_result result;
	struct params params; /* this boot's; without the text of its items */
	struct trial trial;   /* this boot's */
	char trial_text[TRIAL_TEXT_SIZE];
	bool is_boot_requested; /* by this boot's command line and configuration */
	bool is_requested;	/* by these, or by the configuration as it is now */
	bool is_outdated;	/* the configuration is not the one of this boot */
	enum boot_state state;
	struct choice_of_profile profile; /* of this boot */
	const char *profile_verdict;	  /* as in the report, or NULL without one */
	const char *missing;		  /* why there is no report, or NULL */
	/* Why this boot lacks passthru-early or the configuration, and what to do. */
	char absence[1024];
	struct outlook outlook; /* groups that have got more members than they had */
};

/*
 * Reads the machine and what became of this boot. Returns whether that worked; says why
 * not. The machine must live as long; release both in either case.
 */
bool status_read(const struct host *host, struct machine *machine, struct status *ret);
void status_free(struct status *status);

/* Whether passthru status would exit with 0, without printing it. */
bool status_is_good(const struct status *status);

/* The word for JSON and metrics; ok is what the exit status tells. */
const char *status_word(const struct status *status, bool ok);

/* Whether what the report says counts: this boot was no dry run, and is not outdated. */
bool status_counts(const struct status *status);

/*
 * Prints it in a format that other programs define. Return whether everything is as
 * requested.
 *
 * Prometheus: the text format,
 * https://prometheus.io/docs/instrumenting/exposition_formats. NFD: a feature file of
 * node-feature-discovery, lines NAME=VALUE that become labels of the node. Only devices
 * that a guest can have are counted there.
 */
bool status_export_prometheus(const struct status *status);
bool status_export_nfd(const struct status *status);

#endif
