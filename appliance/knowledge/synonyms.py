"""Groups of words that mean nearly the same in questions about products and places. Data only."""

from __future__ import annotations

GROUPS = """
above over | abroad country foreign voltage | absorb soak | accept allow
accessory accessories attachment extra | accident crash emergency injury | account profile
accurate accuracy precise | activate arm enable switch_on turn_on | adapter charger power_supply
add create enrol insert new | additional extra | address website | adhesive glue stick
adjust alter change regulate set | aerial antenna | aeroplane airline flight plane
after following | age old year | agree consent | air ventilation | air_conditioning cooling
air_dry dry | alarm alert siren warning | alcohol spirit | algae green | align alignment level
allen_key hex_key tool | allergy allergic | allowed may permit permitted | alone single yourself
altitude elevation | amber orange yellow | ambulance doctor emergency | amp ampere amps current
animal pet | annual year yearly | ant insect | app application software | apply put spread use
aquarium fish tank | arm activate limb set | arrival arrive check_in
arrive arrival check_in come | arrow pointer | ash fire | assemble assembly build put_together
assembly_point meeting_point | assist assistance help support | assistant voice
attach clip connect fasten fit fix hook mount secure | attachment accessory tool | attempt try
auto_off automatic sleep switch_off turn_off | automatic auto automatically itself | autumn season
available free supply | away absence absent holiday vacation | awning cover
baby child infant toddler | baby_monitor monitor | back_to_factory factory_settings reset
back_up backup | backwards back reverse | backwash filter rinse | bad_smell odour smell
bag luggage sack | bake cook oven | bang noise | bank money | bath bathtub shower
bathroom shower | battery accu batteries cell | battery_last hour range runtime
battery_level charge level percent | battery_life battery_last range run_time runtime | bean beans
bed mattress plate | bedding linen sheet | bee insect | beep bleep buzz chirp signal sound tone
beer alcohol drink | before previous prior | begin commence launch start | behind back rear
bell chime doorbell gong horn ring | belong owner | below beneath under underneath
bend flex kink | berry fruit | bicycle bike cycle | big large size
bin container dustbin trash_can | bird animal | birthday date | bite teeth | bitter sour taste
black_spots mould | blade cutter knife | blank black dark | blanket duvet | bleach chlorine
bleed air vent | blend mix | blind curtain shutter | block clog obstruct
blocked block blockage clog clogged obstructed | blood injury | blood_pressure cuff | blow air fan
blow_up inflate | blue_light blue lamp led light | bluetooth wireless | blunt dull sharpen
blur blurry focus sharp | boat vessel | boil heat | boiler heater | boiling_water boil hot
bone injury | book booking reserve | boost assist maximum turbo | born birth
borrow hire lend rent | boss manager | both two | bottom base lower underneath underside
bowl container dish | box package | brake braking stop | brand_new new | break damage
break_down breakdown fault | breakdown break_down failure fault roadside | breaker fuse
breakfast meal | breathe air | brew extract make | brief short | bright brightness light
bring carry take | bring_along carry
broken break damaged defective fail failure faulty malfunction | brush bristle
bug fault insect pest | bulb lamp light | bump hit impact | burglar intruder robber thief
burn burnt fire hot scald scorch | burning_smell burn smell | bus train transport | butter fat
by_hand manual manually | by_itself auto automatic automatically | by_myself yourself
bypass leave_out omit skip | cable cord lead wire | cake bake | calculate measure
calibrate adjust calibration | call name phone ring telephone | camera video
cancel abort delete stop undo | candle flame | cannot_remember forget forgotten lost
cap cover lid | capacity hold holds volume | caravan camper | carbon_monoxide gas
card chip ticket | carpet rug | carrier rack | carry lift portable transport
cartridge filter ink | cash money payment | cat animal kitten pet | catch grab hold
centre middle | certificate certification | chain drivetrain | chair high_chair seat
change adjust alter modify replace set | change_password password | channel station
charge charging recharge | charge_level battery level percent | charge_time charge full hour
cheap cost price | check examine inspect test verify | check_engine fault warning
check_in_time check_in | check_out departure leave move_out | cheese food
chemical cleaner solvent | chew bite | chicken meat | child baby children infant toddler
child_lock child_safety childproof key_lock lock | child_proof child_lock | child_seat seat
childproof child_lock lock | chlorine chemical | choke start | choose choice pick select
chop cut | christmas holiday | chuck bit | circumference size | clatter noise
clean cleaning pure rinse scrub wash wipe | clean_out clean empty
cleaner cleaning cleaning_agent detergent | cleaning care maintenance
cleaning_agent cleaner detergent | clearance distance gap space | click noise sound
cliff drop stairs | climate weather | climb climbing hill uphill | clock time
clogged block blockage blocked clog | close shut | closed shut | cloth rag towel
clothes clothing garment laundry | cloud server weather | coarse fine | code number password pin
coffee brew espresso | coin money | cold chill chilly cool freeze | cold_water cold | collar leash
colleague staff | colour color | come_loose loose tighten | come_off detach loose
come_with included supplied | common usual | company firm manufacturer | compare difference
compartment drawer slot | compatible fit suitable work_with | complete finish | compressor motor
computer laptop pc | condensation dew fog moisture | configure adjust set_up setting settings
connection connect link | connector jack plug port | constant continuous steady | construct build
consumption energy power use | contact call phone reach | contents in_the_box include
continue go_on resume | contrast brightness | controller control_unit panel | convert change
cook bake boil fry roast | cool chill cold cooler fan | cool_down cool | cool_off cool
copy backup duplicate transfer | corner edge | correct right | cot bed crib | cotton fabric
couch sofa | count number | counter countertop worktop | country abroad voltage | court law
courtyard yard | cover cap guarantee lid warranty | crack cracked | crash accident collision
creak noise squeak | cream milk | create add make | crime police | crockery dish plate
crop plant vegetable | cross road | crumb residue | crumb_tray crumbs | crush trap
cry baby noise sound | cucumber crop vegetable | cuff arm | customer_number account
customer_service helpline hotline service support | cut_out fail stop | cutlery fork knife spoon
cycle bicycle bike program programme | daily day | damp humid humidity moisture wet
danger dangerous hazard risk | dangerous danger harmful hazard unsafe
dark black blank light night | data information | date calendar day | date_format clock date
daylight_saving clock summer_time time | deactivate disable disarm switch_off turn_off
deadbolt bolt lock | dealer retailer seller shop | decorate paint | decrease less lower reduce
default factory preset standard | defrost ice thaw | delay late later postpone
delete clear erase remove | delicate gentle wool | deliver delivery shipping
demineralised distilled | dent damage | dentist tooth | depart departure leave | deposit refund
depth deep | derailleur gear | descale calcium decalcify descaler lime limescale scale
describe explain | destroy damage | detach remove take_off unclip | detect detection sense
detector sensor | dew condensation moisture | dial control knob | diameter size width
die battery dead empty flat | die_down stop | diesel fuel | differ difference | different other
difficult hard | dim brightness darker | dimension depth height size width | dinner meal
dirt debris deposit dust grime mud residue | dirty dirt grime muddy soil soiled stain
disabled disability | disarm deactivate unset | discharged empty flat | disconnect separate unplug
discount reduction | discover detect find | dish_soap detergent washing_up_liquid
dish_washer dishwasher | dishwasher dishwasher_safe | display panel readout screen
distilled_water demineralised distilled | do_it_yourself yourself
dock base_station charging_station docking_station | docking_station base dock
doctor hospital medical pharmacy | dog animal pet puppy | dose amount dosage | double two
dough bread | drag move pull | drain outlet sink | drain_hose hose | draught air wind
draw picture | dream sleep | dress clothes | drill bit hole | drill_bit bit | drink beverage water
drinking_water tap water | drip drop leak | drip_irrigation dripper watering | drive car
drop fall water | drum tub | dry dried drying | dry_off dry | dry_out dry | dryer dry tumble_dryer
duct pipe vent | duplex both_sides | dust dirt fluff lint | dustbag bag | ear_tip tip
earbud earphone headphone | early before | earn money | earth ground | earwax wax
eat consume food meal | eco economy saving | edge border rim | egg eggs food | elderly old
electric_shock shock | electrician qualified technician | elevator lift | email mail
emergency urgent | emergency_number call emergency | emergency_stop stop
empty discharge drain pour_out vacant | end complete finish over stop tip
energy consumption electricity power | enrol pair register teach | enter entry input type
entrance door entry | erase clear delete factory_settings reset wipe
error error_code error_message fault fault_code | escape exit | essential important necessary
estimate calculate | ethernet lan network_cable | evaporate dry | exclude leave_out omit
exhaust outlet vent | exit leave out way_out | expensive cost price
expert professional specialist | expire end expiration expiry run_out valid | explode explosion
extend expand lengthen | extension cable extend | extension_cord extension_cable extension_lead
extension_lead cable extension_cable extension_cord | exterior outside | eye sight vision
fabric cloth material textile | factory_default factory_settings
factory_reset default factory_settings reset | fahrenheit celsius degree unit | fail failure fault
fake copy | fall_asleep sleep standby | fall_off detach loose | fall_out loose | false wrong
false_alarm go_off | fan blower ventilator | far distance range | fare ticket
fast quick rapid speed | fast_charger quick_charger | fat grease
fault defect error failure issue malfunction problem trouble | fax phone | fee charge cost price
feed feeding food | feeder feed | feet foot leg | fender mudguard
fertiliser feed fertilizer nutrient plant_food | fertilizer feed fertiliser
fever doctor ill sick | few little | fight attack | filament material
fill add load pour refill top_up | fill_up charge fill refill
filter cartridge mesh sieve strainer | final last | find_out check determine measure | finger hand
fingerprint finger | finished complete done ready | fire burn burning flame | fire_blanket fire
fire_brigade emergency fire | fire_exit escape | firm hard tight | firmware software version
first_aid emergency injury | fish seafood | fit size suitable
fix correct cure mend remedy repair resolve solve | flash blink pulse | flask bottle
flat apartment discharged drained empty | flavour aroma taste | flicker blink flash | float water
flood flooding leak | floor ground | flow rate stream | flower plant | flue chimney exhaust
flush rinse | fly aeroplane flight plane | foam froth | fob key remote | focus blur sharp
foggy condensation fog | fold close collapse | following next | food ingredient meal
forbid prohibit | forbidden banned never not_allowed prohibited
force duress pressure strength threaten | forget forgot forgotten | forgot forget forgotten lost
forgotten_password password reset | form shape | fortnight two_weeks | forwards forward front
free available free_of_charge | freeze crash frost frozen hang ice not_respond stuck unresponsive
freezer fridge | frequency ghz hertz megahertz mhz | frequent often | fresh clean freshness new
from_scratch factory_settings reset | front forward | front_lamp headlight | front_light headlight
frost cold freeze ice winter | frother froth steam_wand | fruit crop vegetable
fuel gasoline petrol | full complete | full_charge charge full | fully_charge charge full
fuse circuit_breaker fuse_box | fuse_box consumer_unit | gap clearance distance space
garage mechanic parking workshop | garden outdoors | garden_hose hose | gasket seal
gasoline fuel petrol | gate door | gateway bridge hub | general common
get_wet rain splash water wet | give_up stop | glass bottle glassware window | glasses eyeglasses
glove gloves | glow light lit | glucose sugar | go_off set_off sound trigger
go_to_sleep sleep standby | go_wrong error fault problem | goggles eye_protection glasses
gold metal | grab grip hold | graph chart | grass lawn | green_light green lamp led light
grey gray | grid mains | grill broil | grinder grind mill | grinding noise
grocery shop supermarket | grounded earth | grow growing | guarantee warranty
guard cover protect protection shield | guess estimate | gurgle noise | hair brush
hair_dryer hairdryer | half 50 part | half_charge charge percent | half_hour 30_minutes
hall corridor | hand hands | hand_over give | hand_wash hand wash | handbook guide manual
handbook manual | handle grip lever | handlebar bar | hang mount suspend | hang_up hang
hard_reset factory_settings reset | hardness hard limescale | harm damage danger harmful hurt
hatch door flap | hate dislike | hdmi input | head helmet | headache pain
headphone earbud earphone headphones headset | healthy health | hear audible sound | hearing ear
hearing_aid hearing | heart pulse | heat_up heating preheat warm_up | heater heating radiator
heating boiler heat radiator | heavy load weigh weight | hedge trim | height high tall
height_adjust height | help assist support | hex_key allen_key tool | hidden hide | hide conceal
high tall | high_pressure_cleaner hose jet pressure_washer
hill climb gradient slope steep uphill | hinge door | history log record | hit bump impact strike
hob cooker cooktop stove | hold capacity contain fit keep press take | hole opening
holiday absence away trip vacation | home_screen display | hook_up connect | horn bell
hospital doctor emergency | host landlord manager owner | hot heat temperature warm | hot_tub pool
hot_water boiler hot | hotline helpline service | hour time | hourglass wait | hourly hour
how_far distance range | how_fast speed | how_long_last life lifetime
how_often every frequency interval times | hub bridge gateway | huge big large | hum noise
humidity damp humid moisture | hungry food | hurry fast quick
hurt damage harm injure injured injury | ice cold cube freeze frozen | icon symbol
identical same | ignite light | ignition light start | ignore skip | ill doctor sick
illegal forbidden law legal prohibited | immerse soak submerge water
in_the_box contents included supplied | inch centimetre unit | include contain supplied
increase more raise | indicate mean show signal | indoors indoor inside | inflate pressure pump
initial first first_time | insect fly pest | insert fit load place put_in slot
inspect check examine | install fit installation mount put_in set_up setup
instruction handbook manual | insurance cover insured | insure insurance | interior inside
internet online web | intruder burglar thief | inverter solar | invite share | invoice bill
iron ironing | irrigation water watering | itself auto automatic automatically | jack port socket
jam blocked jammed stuck | jet_wash hose jet pressure_washer | job task | join connect
jug carafe pitcher pot | juice drink | jump leap | keep_cold cold | keep_warm warm | kerb step
kettle boiler | key button keys | key_card card | keyboard key | keycard key | keyhole lock
keypad keyboard keys | keystone image | kick hit | kickstand stand | kid child | kill die
kilometre km mile | knob button control dial | knock hit | label plate sticker | lake water
lamp bulb indicator led light | landlord host owner | language english | last_long life lifetime
late after | latest_version update version | laugh funny | laundrette laundry
law legal regulation | layer coat | leaf plant | leak drip escape leaking puddle seep
learn teach train | leather hide | leave departure exit | leave_out bypass exclude omit skip
led indicator lamp light | left_handed left | left_side left | leftover food | leg foot
legal allowed law regulation | length long | lens objective | level balance even straight
licence license | lifetime last lifespan service_life | light indicator lamp led lightweight
lightning storm thunderstorm | lightweight light weight | like prefer
limescale calcium chalk deposit descale scale | limit maximum restrict | line cord | link connect
listen audible hear | lit glow light_up on steady | litre l liter | litter tray | live life
load capacity fill laundry weight | load_capacity maximum_load maximum_weight
locate find located position | location place position site spot | lock latch locked
lock_out lock locked_out | locked_out key lock | log_in login sign_in | login log_in sign_in
look_after care maintain maintenance | loose slack | loosen slacken undo | lose lost missing
lose_key key lost replacement | lost_key key lost replacement
lost_password forgot password reset | loud loudness noise noisy sound volume | love like
low short | lower height | lubricate grease oil | luggage bag carrier rack suitcase
lullaby music song | machine_wash wash washing_machine | main_menu menu
maintain care maintenance service | manager host owner | manual by_hand hand manually
manufacturer maker | many lots | map floor_plan mapping | marry wedding | mask face protection
match compatible fit | material made_of | maximum highest largest limit max most
maximum_load capacity load weight | meal dish food | measure measurement measuring size
meat beef fish | mechanic dealer technician workshop | medicine drug pharmacy | melt heat thaw
member membership | memory storage | menu settings | mesh repeater | message notification text
metric unit | microphone mic | microwave oven | midnight night | mile kilometre km
milk foam froth | minimum least lowest min smallest | minute time | miss absent missing
missing lost | mist fog spray | mobile phone smartphone | mode program programme setting
model_number rating_plate serial_number type_plate | modern new | modify adjust change
moist damp wet | money cash payment | monitor display screen | monthly month | moon night
mop floor wipe | mosquito insect | motion move movement | motor drive engine
mould fungus mildew mold | mount attach fit fix hang install | mountain hill
mouse cursor pest rodent | mouth swallow | move carry shift transfer transport
move_in arrive check_in | move_out check_out leave | movement motion move | mow cut lawn mowing
mower lawn | mud dirt muddy wet | mug cup | multi_plug extension_lead | multiple many several
music audio song | myself yourself | name call called title | narrow thin tight
nearby near nearest | necessary need needed required | needle lancet | neighbour neighbours
new_version update version | nickname name | night_light light | no_heat heat
no_internet internet offline | no_picture picture screen | no_power dead power
no_signal reception signal | no_sound mute sound volume | no_steam steam | no_water tank water
noise noisy sound | noon day | nose smell | not_charge charge fault | not_close close
not_connect connect fault | not_cool cool fault | not_fit fit | not_heat fault heat
not_open open stuck | not_print fault print | not_remember forget forgotten
not_start fault start | not_stop stop | not_turn_on dead fault start | notification alert message
notify message notification | nozzle jet print spout | nurse medical | o_ring seal
obstacle barrier | occupied busy used | office workplace | oil fat grease lubricant lubricate
oil_change oil | old used | on_board flight plane | on_off_switch power_button switch
once one_time | once_a_year every_year yearly | open opening unlocked | opening_hours hours open
opening_times opening_hours | operate control run use | option menu
orange_light lamp led light orange | order buy | original genuine | out_of_ink empty ink
out_of_order broken fault | out_of_paper empty paper | out_of_range distance range
out_of_water empty tank | outdoors outdoor outside | oven cooker stove | overflow flood
overheat hot overheating too_hot | overnight night | owe pay | own belong
pacemaker implant medical | pack package store | packaging carton package | pain hurt
paint colour painting | pair bluetooth both connect link two | pane glass window | panel module
pannier bag | paper sheet | paper_jam jam paper | park parking | parking_permit permit
parking_space car parking | part component piece | particular special | party guest noise
pass card ticket | passenger person | password code key passcode passphrase pin | path track
pause hold interrupt stop suspend | pay payment price | pedal pedalling | peel remove skin
peephole camera | pepper spice | percentage percent | permission allowed permit | permit allow may
pet_hair cat dog hair | pharmacy chemist medicine | phone_number call contact number telephone
photo image picture | pick_up collect lift | picture image photo | pillow cushion
pilot_light flame ignite | pin code passcode password | pinch trap | pipe hose tube
place locate position put stand | plane aeroplane airline flight | plant_food feed fertiliser
plastic metal | plate crockery dish | play game playing | playlist music
plug mains outlet plug_in socket | plug_in charge connect insert plug | plumber technician
plunger drain | pod capsule | police emergency officer | polish shine | pool swimming_pool
pop noise | port connector jack socket | portion cup serving | pot pan | pour add fill
powder detergent | power current electricity mains | power_button button on_off
power_cut blackout mains_failure no_power outage power_failure without_power | power_cycle restart
power_strip extension_cable extension_lead socket | power_supply adapter charger mains supply
power_surge surge voltage | powerful power strong | prefer choice preference | pregnant pregnancy
presence motion occupancy | press hit hold push tap | pressure bar psi
pressure_washer high_pressure hose jet steam_jet | pressurise pressure | price charge cost fee
print printer | prison lock | privacy private | private own | probe sensor
professional qualified specialist technician | program cycle mode programme | projector screen
propane gas | protection guard protect | protective protection | prove proof | public shared
puddle leak water | pull draw | pull_apart dismantle remove | pull_cord starter
pull_off detach lift_off remove take_off | pulse blink flash heart_rate | pump pumping
pump_up inflate pressure | puncture flat_tyre tyre | purchase buy | put_away storage store
put_back insert refit reinstall | put_on attach fit wear | quarter 25 | quick_start start
quiet low_noise mute quieter silence silent silently softer | rack basket shelf
radiator bleed heater heating | radio wireless | rain shower weather wet | rain_water rain
raise height higher up | raise increase lift | range distance reach | rare seldom
rat pest rodent | rating_plate nameplate type_plate | rattle noise | read display view
reading measurement value | ready done finished | real genuine original | rear back behind
rear_light tail_light | reboot reset restart | receipt proof_of_purchase | receive get
reception signal | rechargeable charge | recipe ingredient | record log store
recycle disposal dispose recycling | red amber orange | red_light lamp led light red
reduce decrease lower | refit fit insert | reflector light | refrigerant coolant gas
refrigerator fridge | refund money_back | register enrol registration sign_up | reject refuse
remaining left rest | remote fob handset remote_control | remote_control handset remote
remove detach extract lift_out pull_out take_off take_out withdraw | rename name | renew extend
rent borrow hire | repeat again | replace change exchange renew replacement substitute swap
require necessary need required | rescue emergency help | reservation book booking
reset factory_settings restore | resolution pixel | respond answer react reply response
response react respond | rest break pause | restore recover | resume continue restart
return back send_back | reuse again | reverse back backwards opposite | rice grain | rich money
ride bike cycling | right_side right | rim wheel | ring bell chime sound | rinse_aid rinse
river water | roast bake | robber attacker burglar intruder thief | robot cleaner mower
rodent mouse pest | roll wheel | roof ceiling terrace | room area | root plant | rope line
rose flower | rotate turn twist | rough coarse | round circular
router access_point gateway modem | rpm speed spin | rub wipe | rubber seal
rubbish garbage litter refuse trash waste | ruin damage destroy spoil | run jog operate running
run_dry dry empty | run_out empty expire low used_up | running_water tap water | rush fast quick
rust corrosion | safe harmless safety secure | safety precaution safe
salt regenerate salty season softener | salt_water salt sea | same_time simultaneously together
sand beach sandpaper | saucepan pan pot | save economical economise economy keep reduce store
saving eco economy | saw blade cut | sawdust dust | scald burn hot | scan copy scanner
schedule plan programme timer timetable | school learn | scoop measure spoon | scooter vehicle
scrape remove scratch | scratch scratched | screen_time display | screw bolt
screwdriver screw tool | scrub brush clean | sd_card memory_card storage | sea beach salt_water
search find look | season summer winter | seat chair saddle | second_hand used
secure fix lock protect safe | see display show view | seed plant | seek find search
seldom rarely | select choose pick | selfie photo | sell buy sold | separate apart divide
serial serial_number | serial_number rating_plate type_plate | set_off alarm go_off trigger
set_up configure install installation setup | setting adjust level menu option
several many multiple | sew seam stitch | share together | sharp blade sharpen
sheet bedding linen | shelf rack shelves | shield cover guard | shift change gear
shine glow light | ship boat deliver delivery | shirt clothes | shock electric | shoe boot
shot espresso | shout loud voice | shower_head shower | shut close shut_off
shut_itself_off auto_off automatic | shut_off close stop turn_off | shut_off_valve stopcock valve
shut_up mute quiet silence stop | side left right | sign mark signature symbol | sign_out log_out
sign_up account register | signal_strength reception signal | silk delicate | silver metal
similar same | simple easy | single one | sink basin drown | siren alarm horn | sit seat sitting
size dimension dimensions measurement | skin contact | skip leave_out miss_out omit | sky weather
sleep bed night standby | slice cut | slide move push | slip slide | slope hill incline steep
slow long slowly | slow_down reduce slow | small compact little tiny
smartphone mobile phone telephone | smell odor odour stink | smile face | smoke fire fume fumes
smoke_alarm smoke_detector | smoking smoke | smooth fine | snail pest slug | snap break
snow cold ice winter | snowflake cold frost | soak immerse wet | soap detergent washing_up_liquid
socket outlet power_point wall_socket | soft gentle | soft_reset restart
softener conditioner rinse | soil earth ground | solar panel sun | soon quickly
sound acoustic audio beep signal tone | soundbar speaker | space clearance gap room
spare extra replacement | spare_time timer | spark fire | spark_plug plug | sparkle clean
sparks fire | speak say talk | speaker loudspeaker | speed fast rate velocity
speed_limit maximum_speed | speed_up fast increase | spell name | spend cost | spider insect
spill spilled spilt | spin rotate rpm | spin_cycle spin | split divide separate
spoil damage ruin | spoke wheel | sponge cloth | spray mist nozzle | spring season
sprinkle mist spray | sprocket cassette chain | square shape | squeak creak noise | squeal noise
squeeze press | ssid network_name | staff reception | stain mark spot | stairs upstairs
stand base standing upright | star sky | start_again reset restart | start_over reset scratch
state_of_charge battery percent | stay guest night overnight | steady constant continuous solid
steal stolen theft | steam vapor vapour | steel metal stainless | steep gradient hill slope
stick adhesive glue | stink odour smell | stir mix | stomach swallow | stone gravel rock
stop abort cancel end finish halt interrupt pause quit
stop_working dead does_not_start fault not_work stopped_working will_not_start
stopcock shut_off valve | store keep put_away shop storage stow | storm thunderstorm weather wind
stove cooker fireplace hob | straight align level | straighten align straight
strainer filter sieve | strange_noise noise sound | strap band belt | streak smear
stream streaming | street road | stretch tension | strong force intensity powerful strength
stuck blocked jam jammed | student learn | study learn | submerge immerse water
subscription fee subscribe | subtitle caption | subtract remove | succeed success
suction suck vacuum | sufficient enough | sugar sweet | suit fit suitable
suitable appropriate fit | summer heat hot | summer_time clock time | sun light sunlight
sunny sun | supermarket grocery shop | support supported | surface worktop
surge overvoltage voltage | swallow eat ingest | swap change exchange replace switch
sweat moisture | sweep brush clean | swim bathe swimming | swimsuit clothes swimwear towel
swing move | switch button change swap | switch_itself_off auto_off automatic | tablet ipad
tail_light rear_light | take_along carry transport | take_apart disassemble dismantle remove
take_care care maintain | take_with carry transport travel | tank container reservoir
tap faucet press spigot touch valve | tap_water water | tax fee | taxi cab | tea drink
teach learn train | teacher teach | tear torn
technician electrician engineer installer professional specialist | telephone phone
temperature celsius degree degrees heat | tenant guest | tension tight | terrace balcony patio
test check trial try | theft burglar stolen thief | thermometer probe sensor temperature
thermostat controller temperature | thick dense thickness | thin slim | thirsty drink
thread string | threaten duress force | throttle walk_assist | throw toss
throw_away bin discard disposal dispose get_rid_of recycle rubbish scrap throw_out | thumb finger
thunder lightning storm | tie fasten rope | tight stiff | tighten fasten | tile floor tiles
tilt lean | time_zone clock time | timer countdown schedule | tin can | tip fall gratuity tilt
tire tyre | toast bread | toddler baby child infant | together both simultaneously
toilet bathroom wc | tomato crop vegetable | toner ink | too_bright brightness dim
too_cold cold temperature | too_dark brightness | too_dry dry | too_high high
too_hot hot overheat temperature | too_loud loud noise | too_low low | too_quiet volume
too_slow slow | too_strong strong | too_weak weak | too_wet wet | tool screwdriver spanner wrench
tooth brush | top_speed maximum_speed speed | top_up fill recharge refill | torch flashlight light
torque newton | total sum whole | touch contact handle | touchscreen display screen touch_screen
tow pull trailer | towel cloth linen towels | towel_rail towel | toxic poison | train bus railway
transmit send | travel journey trip | travel_adapter adapter voltage | tray drawer | tree plant
trigger activate set_off | trim cut | trip circuit_breaker fuse | triple three
troubleshoot fault problem remedy troubleshooting | trouser clothes | true correct
tube hose pipe | tumble_dry dryer | turn rotate swivel twist
turn_down decrease lower quieter reduce softer volume | turn_itself_off auto_off automatic
turn_off deactivate disable off power_off shut_down shut_off switch_off | turn_off_and_on restart
turn_on activate come_on enable power_on power_up start start_up switch_on | turn_over flip
turn_up boost increase louder raise volume | tv television | twice two_times | type enter input
umbrella rain | unblock clear | unbox box unpack | under below beneath underneath
underfloor floor | undress clothes | unfold open | unit_system celsius fahrenheit kilometre mile
unlock open release | unpack packaging remove unbox | unplug disconnect pull_out remove
unsafe danger dangerous safe | untie loosen | unusual abnormal strange
update_software firmware update | upgrade update | upper top | upside inverted | upside_down tilt
upstairs floor | usb port | used_up empty | useful help | useless broken | user owner person
usual normal typical | vacant empty free | vacuum hoover suction | valid expire last
valuable value | vegetable crop fruit plant vegetables | vehicle car
vent flap ventilation window | ventilate air ventilation | version edition
vibrate rattle shake vibration wobble | vibrating vibration | video clip film recording
view see show watch | vinegar acid citric | visit guest | visitor doorbell guest | voltage v volt
volume louder loudness quieter sound_level | volume_button volume | voucher coupon
wait delay pause | wake on wake_up | walk foot step walking | wall bracket | wand steam_wand
warm heat hot warmer | warm_up heat heat_up preheat | warm_water hot water
warning caution danger | warning_light lamp led light warning | wash clean launder rinse
wash_out rinse wash | wash_up clean | washing clothes laundry | washing_machine laundry washer
washing_up_liquid detergent soap | wasp insect | watch observe see view | water watering
water_pressure bar pressure | waterproof ip_rating splash water_resistant watertight
watt consumption power w wattage | weak low poor signal thin watery | wear put_on worn
wear_out lifetime replace wear worn | weatherproof rain waterproof | wedge block | weekly week
weigh heavy weight | weight_limit load maximum_weight | wet damp moist moisture soaked
what_version version | wheel tyre | wheelchair mobility | whisper quiet | whistle noise
white_powder limescale | white_spots limescale scale | whole complete entire | wide broad width
wifi network wireless wlan | will_not_charge charge fault | wilt droop wither | win winner
windy wind | wine alcohol bottle drink | winter cold frost | wipe clean dust
wobble shake unstable vibrate | wood timber wooden | work function operate | worker staff
workshop dealer mechanic | worktop counter countertop table | worth value | wrap cover
wreck damage | write note record | wrong fault incorrect | yearly annual every_year
yellow_light lamp led light yellow | young child | yourself technician | zoom magnify
"""
"""Groups, parted by `|` and line ends: words that may stand for the first, and it for them."""

HINTS = """
how_long minute hour second day week month year
how_often every daily weekly monthly yearly
not_allowed never not must_not do_not
not_use never not do_not
how_heavy kg weigh kilogram gram weight
heavy kg kilogram gram
weigh kg kilogram gram
how_loud decibel db
loud decibel db
decibel db noise
how_far metre range kilometre
how_tall height metre centimetre
how_high height metre centimetre
how_big width height dimension
how_wide width
how_deep depth
how_hot temperature degree
how_cold temperature degree
how_fast speed
how_strong pressure bar
how_much_power watt
old year age
gap centimetre millimetre
size centimetre millimetre
warranty year month
forgot new_code
kitchen oven
person people
wife user
husband user
iphone phone app
android phone app
alexa assistant voice
siri assistant
bathroom toilet
sunday sundays
weekend saturday sunday
saturday weekend
noon midday 12
midnight 12
electric_car charging_station
dead battery power
rash skin
"""
"""Each line: a word or phrase of a question, and what may tell of it in a passage, weakly."""
