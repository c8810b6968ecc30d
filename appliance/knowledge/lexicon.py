"""Words that people use for one another when they ask about a product. Data only.

One group to a line; `_` joins the words of a phrase. A word may stand in several groups: it is
related to all of their members, but they are not related to one another through it.
"""

from __future__ import annotations

GROUPS = """
broken break fault faulty defect defective malfunction damage damaged fail failure
fault error problem trouble issue wrong malfunction failure troubleshoot troubleshooting alarm
error_code fault_code error_message
fix repair mend restore solve resolve remedy correct troubleshoot service servicing
not_work not_working stop_working stopped_working dead fault troubleshooting will_not_start
loud volume noisy noise sound quiet decibel db
loud noise_level sound_level db
volume louder quieter
quiet silent silence mute low_noise
throw_away dispose disposal discard get_rid_of recycle recycling scrap waste
throw_out dispose discard
turn_on switch_on power_on power_up start_up start activate enable
turn_off switch_off power_off shut_down shut_off deactivate disable stop
power button_power plug electricity mains supply
power_supply mains adapter charger voltage outlet socket
plug socket outlet mains power_cord
cable cord lead wire
begin start launch commence
stop end cancel abort interrupt halt pause
clean wash rinse wipe cleaning washing
clean cleaning care maintenance hygiene
dirty dirt dust soil grime stain debris residue lint fluff
descale limescale scale calcium lime chalk descaling descaler
dishwasher dishwasher_safe
fill refill top_up pour add
empty drain pour_out discard
remove take_out take_off detach pull_out disconnect unplug uninstall withdraw extract
insert put_in place fit install load mount attach slot
install installation set_up setup mount mounting assemble assembly fit put_together
attach connect mount fasten fit secure clip join
set_up setup configure configuration commission initial first_use get_started getting_started
before_first_use first_time first_use initial new
replace change exchange swap substitute replacement renew new
spare spare_part replacement_part part accessory accessories
how_often interval every frequency schedule regularly weekly monthly daily
how_long duration time minute hour takes lasts last
how_long period until expire
minute min hour second day week month year
lifetime lifespan service_life last lasts durability
expire expiry expiration best_before shelf_life use_by
where location located place position find situated
where_put placement position place install location
put place position set lay stand
find locate located location where search
weigh heavy weight mass kg kilogram kilograms pound lb
heavy weight weigh load
big size dimension large height width depth measure cm mm
size dimension measurement height width depth length diameter
tall height high
wide width
deep depth
large big maximum size
small mini compact little
capacity volume litre liter hold holds maximum amount fit
litre liter l
hold capacity contain store
how_much amount quantity number dose dosage
how_many number quantity amount count maximum up_to
maximum max most limit highest upper up_to at_most
minimum min least lowest lower at_least
fast speed quick rapid
slow speed
speed rpm rate velocity
power watt wattage consumption w kilowatt
electricity energy power consumption watt
energy consumption usage efficiency kwh
voltage volt v mains
amp current ampere fuse
temperature heat degree celsius warm cold thermostat hot
hot heat warm temperature overheat
cold cool chill temperature freeze
warm heat preheat
overheat too_hot hot
freeze frost frozen ice
humidity moisture damp humid
water liquid moisture fluid
wet water moisture damp splash rain
waterproof water_resistant ip_rating splash rain ipx immerse submerge
rain wet weather outdoors outside
outdoors outside outdoor garden
indoors inside indoor
leak leaking drip dripping seep water_escape
smell odour odor stink scent
smoke burn burning fire
steam vapour vapor
mean means meaning indicate indicates signify stand_for show signal
light lamp led indicator bulb lights
blink flash flashing blinking pulse flicker
lit light_up glow on
display screen show panel lcd
display show read view see
show display indicate appear
button key press switch control knob dial
press push hold tap hit touch
hold press keep
sound beep tone alarm signal buzzer chime
beep tone signal buzz sound
alarm alert warning notification
alert notify notification inform message
warning caution danger hazard safety
dangerous danger hazard safe unsafe risk injury
safe safety danger allowed
safety precaution warning
safe_for suitable for
child children baby kid toddler
child_lock lock childproof safety_lock
lock locked block latch child_lock
unlock open release
open opening lid unlock release
close shut closing lid
lid cover cap top
door hatch flap
battery batteries accu cell rechargeable
battery_life runtime run_time battery_last
charge recharge charging charger
flat empty discharged low_battery
low battery weak nearly_empty
charge_time full charging
filter strainer sieve mesh
brush bristle roller
bag dustbag container bin
bin container dustbin dust_container
tank reservoir container water_tank
jug carafe pot pitcher
bowl container jar
blade knife cutter sharp
sharp blade cut knife
hose pipe tube
nozzle jet spout tip
wheel tyre tire
handle grip
base stand foot
foot feet leg
level even balance align
wobble vibrate vibration shake level unstable
vibrate vibration shake rattle
move transport carry relocate moving
carry transport carrying portable
store storage keep stow put_away
winter frost storage season
holiday vacation absence away travel
away absence vacation holiday
use operate operation run using utilize
use purpose intended_use application
intended_use purpose for
run operate work function running
mode programme program setting cycle function
program programme cycle mode
setting adjust option configure preference
adjust set change regulate alter modify setting
change adjust set modify alter
set adjust select choose program
choose select pick option
select choose set
raise increase turn_up higher
increase raise turn_up higher boost
reduce lower decrease turn_down
lower reduce decrease turn_down
timer time delay countdown schedule
delay later postpone timer delayed_start
schedule timetable plan timer program
clock time
reset restart reboot factory_settings restore factory_reset
factory_reset reset factory_settings default
restart reboot reset start_again
default factory standard preset
delete erase remove clear wipe
save store keep memory record
memory storage card record
copy backup duplicate
backup back_up restore
password pin passcode code pass_phrase credentials
code pin password number
pin code
login sign_in log_in account
user owner person people
share invite guest access
access enter reach
connect pair link join connection
connect hook_up plug_in
pair pairing connect bluetooth
disconnect unpair unplug remove
wifi wi_fi wireless network wlan
network wifi internet connection
internet online network
offline no_internet without_internet internet_outage
bluetooth wireless pairing
wireless wifi cordless
signal reception strength range
range distance reach far
far distance range reach
how_far distance range reach
app application smartphone software mobile
phone smartphone mobile telephone app
smartphone phone app
computer pc laptop
firmware software update version
update upgrade firmware version
software firmware app
version model type
model type serial_number
serial_number rating_plate type_plate label
voice speech assistant speak
language english german french
microphone mic
speaker loudspeaker audio
camera video picture image
picture image photo
record recording video capture
privacy data personal
data information record
remote remote_control handset
remote_control control remote
touch handle contact
compatible support compatibility work_with suitable
compatible_with work_with supports
support compatible
suitable suit appropriate recommended
recommend recommended suggest advise should
allowed permit may permitted permissible
forbidden prohibited not_allowed never do_not must_not
need require required necessary must
required need necessary
tool screwdriver spanner wrench equipment
screw bolt fasten
tighten fasten screw
loose loosen slack
stuck jam jammed block blocked blockage clog clogged
jam jammed stuck blockage
block blocked clog clogged blockage obstruct
contact call phone email hotline reach
customer_service support service hotline helpline contact help
help support assistance hotline service
service maintenance support repair
call phone telephone contact
email mail address contact
address website contact
technician engineer specialist qualified_person professional
manufacturer maker company made_by
warranty guarantee coverage
guarantee warranty
return refund send_back
send_back return
buy purchase order obtain get shop
order buy purchase
price cost fee charge expensive
cost price fee
receipt proof_of_purchase invoice
in_the_box included contents supplied package scope_of_delivery come_with
include contain supply come_with
package packaging box
package_contents in_the_box included
component part parts
part component parts
made_of material
material plastic metal steel made_of
colour color
green color
cook bake roast boil fry
bake oven
boil heat
food ingredient meal
food grocery groceries
meal food
drink beverage
coffee espresso brew bean
espresso coffee
strong strength intensity aroma
weak strength thin watery
brew coffee make
bean beans grind
grind grinder coarse fine
coarse grind fineness
milk froth foam
foam froth milk
hard hardness
water_hardness hard_water
detergent soap washing_powder cleaning_agent
soap detergent
washing_powder detergent powder
softener conditioner
laundry clothes clothing garment textile
clothes laundry garment textile
spin rpm
rinse rinse_aid
chemical solvent bleach cleaner agent abrasive
cleaner detergent cleaning_agent agent
alcohol solvent
oil grease lubricate lubricant
lubricate oil grease
fuel petrol gasoline
tyre tire wheel pressure
pressure bar psi
inflate pump
ride drive cycling
brake braking stop
plant flower crop
plants plant seed
pet animal dog cat
animal pet
people person adult
rub polish
cloth rag towel
soft gentle
scratch scratched damage
stain mark spot
rust corrosion corrode
crack cracked damage
mould mold mildew
air ventilation airflow ventilate
ventilate ventilation airflow
fan ventilator blower
blow fan
suction vacuum suck
vacuum suction hoover
floor carpet ground surface
carpet rug
surface worktop table countertop floor
wall bracket
ceiling roof
corner edge
room area space
space distance gap clearance room
gap clearance distance
clearance distance space
altitude height elevation
environment ambient condition
ambient room_temperature environment
night dark sleep
dark night dim
bright brightness light dim
dim brightness bright
brightness bright dim
standby sleep idle
sleep standby
automatic automatically auto
manual manually hand
automatically automatic auto self
remaining left rest
finished done complete end ready
ready finished done prepare
prepare preparation ready
finish end complete
wait leave allow
leave let wait
time minute hour
long duration length
usually normal typically
check inspect examine verify test look
inspect check examine
test check try
measure measurement reading
reading measurement value
value reading number
accurate accuracy precise precision
accuracy accurate exact
sensor detector probe
detect detection sense sensor
motion movement
move movement motion
notice notification
history log record
log history record
report record
graph chart
unit device
calibrate calibration
zero tare
tare zero
paper sheet
print printer printing
ink cartridge toner
cartridge ink capsule pod
capsule pod
scan scanner
book booking reserve
opening_hours open hours
open_time opening_hours
visitor guest
park parking
eat food meal
pay payment
rent rental hire
staff employee
member membership
meeting appointment
law legal regulation
conform conformity comply standard certificate
certificate certification approval
licence license
age old year
old age
young child
eight_years children
pacemaker medical implant
medical health doctor
allergy allergic sensitive
skin body
eye eyes
ear hearing
wear put_on fit
strap belt band
bed mattress
ready_to_use operational
crumb crumbs residue
bread toast loaf
lower_basket rack basket
tray shelf rack
shelf tray rack
basket rack
grease fat
salt regenerat
freshen refresh
extend extension lengthen
extension_cord extension_lead extension_cable
multiple several
simultaneously same_time at_once together
together combine same_time
once single
reuse again
trip circuit_breaker fuse
lightning thunderstorm storm
storm thunderstorm lightning
outage power_cut power_failure blackout
power_cut power_failure outage blackout
emergency urgent
fall drop fell
drop fall
hang hanging
upside_down tilt
tilt lean incline
lift raise
limit restrict maximum
explode explosion
shock electric_shock
electric_shock electrocution
swallow ingest
poison toxic
"""

_STOP = (
    "a an the this that these those there here it its i me my mine we us our you your he she they "
    "them their is are was were be been being am do does did doing done have has had having will "
    "would can could shall should may might must of to in on at by for from with without into onto "
    "about as and or but if then than so what which who whom whose when where why how any some all "
    "no not dont doesnt didnt cant cannot isnt arent wont im ive id its thats whats hows wheres "
    "please tell say know let just also very too really much many more most lot ok okay hey "
    "want wants need needs like s t ll re ve d m up out off over again one ones 1 someone "
    "something anything thing things stuff kind sort way ever now actually exactly mine "
    "get gets got getting go goes going come comes"
)
STOP = frozenset(_STOP.split())
"""Words that say nothing of the topic."""

_LIGHT = (
    "use using used make makes making work works working machine device appliance unit product "
    "system box set take takes taking give put keep happen right correct correctly properly "
    "proper best good bad able possible allow allowed supposed recommended recommend ok need "
    "first time new different same own help try do work it whole every each other another while "
    "during after before between against only still even back down around through because keep "
    "keeps kept start show shows say says said mean means meaning look looks see seem feel find "
    "mine own everything nothing anyone everyone people person user customer owner number amount "
    "type kind model long often far big small high low old come does normal normally usually "
    "own question answer manual instruction instructions guide document information"
)
LIGHT = frozenset(_LIGHT.split())
"""Words that say little of the topic: the passage may do without them."""
